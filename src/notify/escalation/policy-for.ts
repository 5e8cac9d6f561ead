import type { Policy } from '../../shared/policy.ts';

/** What decides between the policies of one region. */
export type Situation = {
  /** The incident's region, its parents upwards, `default`. */
  regionChain: readonly string[];
  severity: NonNullable<Policy['severities']>[number];
  level: NonNullable<Policy['levels']>[number];
  /** Local time, `HH:MM`. */
  localTime: string;
};

/**
 * The policy of the nearest region in the chain that has one for this severity, level and hour, else the default
 * (`regionIds: []`). Of several at one region the one with the most conditions counts, then the first. The configuration
 * guarantees a default without conditions.
 */
export const policyFor = (
  policies: readonly Policy[],
  situation: Situation,
): Policy | undefined => {
  const fitting = policies
    .filter((policy) => applies(policy, situation))
    .toSorted((a, b) => conditions(b) - conditions(a));
  for (const regionId of situation.regionChain) {
    const own = fitting.find((policy) => policy.regionIds.includes(regionId));
    if (own !== undefined) return own;
  }
  return fitting.find((policy) => policy.regionIds.length === 0);
};

/** Policies entered by API come before those configured; one with the id of a configured one takes its place. */
export const effectivePolicies = (
  entered: readonly Policy[],
  configured: readonly Policy[],
): Policy[] => [
  ...entered,
  ...configured.filter(({ id }) => !entered.some((policy) => policy.id === id)),
];

const conditions = ({ severities, levels, hours }: Policy): number =>
  [severities, levels, hours].filter((condition) => condition !== undefined).length;

const applies = (
  { severities, levels, hours }: Policy,
  { severity, level, localTime }: Situation,
): boolean =>
  (severities?.includes(severity) ?? true) &&
  (levels?.includes(level) ?? true) &&
  (hours === undefined || isWithin(hours, localTime));

/** `HH:MM` sorts as text does; a window that ends before it begins goes over midnight. */
const isWithin = ({ from, to }: { from: string; to: string }, time: string): boolean =>
  from < to ? from <= time && time < to : from <= time || time < to;
