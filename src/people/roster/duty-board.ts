import { type DutyLevel, findDuty, isReachable } from '../duty.ts';
import type { Person } from '../person.ts';
import type { DutySource, DutySpan } from './duty-spans.ts';

export type DutyEntry = {
  person: Person;
  /** When the turn, shift or override ends. */
  until: Date;
  source: DutySource;
};

/** Who is told in place of a region's own officers: those of a region above, or a level of `findDuty`. */
export type Cover =
  | { level: 'on_duty'; regionId: string; people: Person[] }
  | { level: Exclude<DutyLevel, 'on_duty'> | 'nobody'; people: Person[] };

export type RegionDuty = {
  regionId: string;
  people: DutyEntry[];
  /** Given when nobody of `people` can be told. */
  coveredBy?: Cover;
};

export type BoardInput = {
  /** Spans that cover the instant. */
  spans: readonly DutySpan[];
  /** Those on duty, and every duty officer and admin. */
  people: ReadonlyMap<string, Person>;
  onLeave: ReadonlySet<string>;
  /** The region and those above it. */
  chainOf: (regionId: string) => readonly string[];
  at: Date;
};

/** Who is on duty in a region at an instant and, where nobody is that can be told, who is told instead. */
export const regionDuty = (regionId: string, input: BoardInput): RegionDuty => {
  const people = entriesOf(regionId, input);
  if (people.some(({ person }) => isReachable(person))) return { regionId, people };
  return { regionId, people, coveredBy: coverOf(regionId, input) };
};

/** One entry a person, the one that lasts longest. */
const entriesOf = (regionId: string, { spans, people }: BoardInput): DutyEntry[] => {
  const entries = new Map<string, DutyEntry>();
  for (const { personId, to: until, source, regionId: where } of spans) {
    const person = people.get(personId);
    const known = entries.get(personId);
    if (where !== regionId || person === undefined) continue;
    if (known === undefined || known.until < until) {
      entries.set(personId, { person, until, source });
    }
  }
  return [...entries.values()];
};

const coverOf = (regionId: string, input: BoardInput): Cover => {
  const { people, onLeave, chainOf, at } = input;
  const regionChain = chainOf(regionId);
  for (const above of regionChain) {
    const there = entriesOf(above, input)
      .map(({ person }) => person)
      .filter(isReachable);
    if (there.length > 0) return { level: 'on_duty', regionId: above, people: there };
  }
  const everybody = [...people.values()];
  const duty = findDuty({ regionChain, shifts: [], people: everybody, onLeave, now: at });
  if (duty.kind === 'nobody' || duty.kind === 'on_duty') return { level: 'nobody', people: [] };
  return { level: duty.kind, people: duty.people };
};
