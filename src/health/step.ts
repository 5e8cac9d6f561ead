import type { DeviceProblem, HealthStatus } from '../devices/index.ts';
import type { HealthSettings, ProblemCode } from '../shared/health-config.ts';
import type { Found, Presence, Verdict } from './judge.ts';
import { type Memory, NO_MEMORY } from './reading.ts';

/** How a device is, as it is kept from look to look. */
export type Health = {
  status: HealthStatus;
  since: Date;
  problems: DeviceProblem[];
  memory: Memory;
  /** Problems people were told of; none: they believe it is well. */
  told: ProblemCode[];
  /** Since when there has been something to tell. */
  untoldSince: Date | null;
  presence: Presence;
  presenceSince: Date;
};

/** Of a device that was never looked at: what came before is not held against it. */
export const newHealth = (now: Date, drops: number): Health => ({
  status: 'unknown',
  since: now,
  problems: [],
  memory: { ...NO_MEMORY, drops },
  told: [],
  untoldSince: null,
  presence: 'unknown',
  presenceSince: now,
});

export type Step = {
  verdict: Verdict;
  /** What is remembered, this look included. */
  memory: Memory;
  /** How often the bus has lost it, ever. */
  drops: number;
  now: Date;
};

/**
 * The device after a look: `healthy → suspect → unhealthy → recovering → healthy`. A problem makes it suspect, one that
 * lasts its hold-off unhealthy; it is well again once nothing was wrong for `recoverS`. One that is lost again and again
 * has the problem `flapping` until it was not lost once for a whole `flapping.withinS`. Pure.
 */
export const step = (before: Health, taken: Step, settings: HealthSettings): Health => {
  const { verdict, now } = taken;
  const memory = withLosses(before, taken, settings);
  const found = verdict.judged
    ? [...verdict.problems, ...flapping(before, memory, settings)]
    : verdict.problems;
  const problems = found.map((one) => lasting(one, before, { settings, now }));
  const status = verdict.judged ? statusAfter(before, problems, { settings, now }) : 'unknown';
  const after: Health = {
    ...before,
    ...presenceAfter(before, verdict, now),
    status,
    since: status === before.status ? before.since : now,
    problems,
    memory,
    told: verdict.judged ? before.told : [],
  };
  const untold = newsOf(after, settings) !== null;
  return { ...after, untoldSince: untold ? (before.untoldSince ?? now) : null };
};

/** Gone by itself, not with the box in front of it. */
const isLoss = ({ code, detail }: Found): boolean =>
  (code === 'offline' && detail === null) || code === 'stale';

const MAX_LOSSES = 50;

const withLosses = (
  { problems: known, memory: { losses } }: Health,
  { verdict, memory, drops, now }: Step,
  { flapping: { withinS } }: HealthSettings,
): Memory => {
  const isNew = verdict.problems.some(isLoss) && !known.some(isLoss);
  const count = Math.max(drops - memory.drops, isNew ? 1 : 0);
  const recent = losses.filter((at) => now.getTime() - Date.parse(at) <= withinS * 1000);
  if (count === 0 && recent.length === losses.length && drops === memory.drops) return memory;
  const added = Array.from({ length: Math.min(count, MAX_LOSSES) }, () => now.toISOString());
  return { ...memory, drops, losses: [...recent, ...added].slice(-MAX_LOSSES) };
};

const flapping = (
  { problems }: Health,
  { losses }: Memory,
  { flapping: { count } }: HealthSettings,
): Found[] => {
  const flaps = problems.some(({ code }) => code === 'flapping');
  const [first] = losses;
  if (first === undefined || (losses.length < count && !flaps)) return [];
  const measured = { value: losses.length, limit: count, detail: null };
  return [{ code: 'flapping', since: first, ...measured }];
};

type Frame = { settings: HealthSettings; now: Date };

const lasting = (found: Found, { problems }: Health, { settings, now }: Frame): DeviceProblem => {
  const known = problems.find(({ code }) => code === found.code);
  const since = known?.since ?? found.since;
  const holdOffMs = (settings.holdOffS[found.code] ?? 0) * 1000;
  const confirmed =
    found.code !== 'never_seen' &&
    (known?.confirmed === true || now.getTime() - Date.parse(since) >= holdOffMs);
  return { ...found, since, confirmed };
};

const statusAfter = (
  { status, since }: Health,
  problems: readonly DeviceProblem[],
  { settings, now }: Frame,
): HealthStatus => {
  const wasUnwell = status === 'unhealthy' || status === 'recovering';
  if (problems.length > 0) {
    return wasUnwell || problems.some(({ confirmed }) => confirmed) ? 'unhealthy' : 'suspect';
  }
  if (!wasUnwell) return 'healthy';
  const isStable =
    status === 'recovering' && now.getTime() - since.getTime() >= settings.recoverS * 1000;
  return isStable ? 'healthy' : 'recovering';
};

const presenceAfter = (
  { presence, presenceSince }: Health,
  verdict: Verdict,
  now: Date,
): Pick<Health, 'presence' | 'presenceSince'> => {
  if (verdict.presence === presence) return { presence, presenceSince };
  const said = verdict.presence === 'down' ? verdict.problems[0]?.since : undefined;
  const from = said === undefined ? now : new Date(Math.min(Date.parse(said), now.getTime()));
  return {
    presence: verdict.presence,
    presenceSince: from > presenceSince ? from : presenceSince,
  };
};

/** What there is to tell of a device; null = nothing people do not know. */
export type News = { kind: 'unhealthy'; codes: ProblemCode[] } | { kind: 'recovered' };

export const newsOf = (
  { status, problems, told }: Pick<Health, 'status' | 'problems' | 'told'>,
  { quiet }: Pick<HealthSettings, 'quiet'>,
): News | null => {
  if (status === 'healthy') return told.length > 0 ? { kind: 'recovered' } : null;
  if (status !== 'unhealthy') return null;
  const lasting = problems.filter(({ code, confirmed }) => confirmed && !quiet.includes(code));
  // That it is gone just now is part of its coming and going.
  const flaps = lasting.some(({ code }) => code === 'flapping');
  const codes = lasting
    .filter((one) => !(flaps && isLoss(one)))
    .map(({ code }) => code)
    .filter((code) => !told.includes(code));
  return codes.length === 0 ? null : { kind: 'unhealthy', codes };
};

/** What people were told of a device, after its news. */
export const toldAfter = (told: readonly ProblemCode[], news: News): ProblemCode[] =>
  news.kind === 'recovered' ? [] : [...told, ...news.codes];

/** Whether to tell now: something has waited for company long enough, and all there is goes with it. */
export const isTellingDue = (
  all: Iterable<Pick<Health, 'untoldSince'>>,
  { bundleS }: Pick<HealthSettings, 'bundleS'>,
  now: Date,
): boolean => {
  for (const { untoldSince } of all) {
    if (untoldSince !== null && now.getTime() - untoldSince.getTime() >= bundleS * 1000)
      return true;
  }
  return false;
};
