import type { CrashKind } from './kill-plan.ts';

/** A person told of an incident: how often that arrives at the SMS centre is what is counted. */
export type Arrival = {
  /** `{incident number} {phone}` */
  key: string;
  /** Milliseconds since the epoch, as are all times here. */
  at: number;
  /** Which worker it came from. */
  worker: string;
  markedRepeat: boolean;
};

export type Crash = {
  kind: CrashKind;
  /** Of a worker its name. */
  target: string;
  at: number;
  /** When it worked again; absent: never in this run. */
  backAt?: number;
};

export type Duplicate = {
  key: string;
  first: Arrival;
  again: Arrival;
  /** What made it necessary: a crash between the two arrivals. Absent: nothing did. */
  crash: Crash | undefined;
};

export type Tally = {
  expected: number;
  arrived: number;
  /** Keys that never arrived. */
  lost: string[];
  /** Keys that arrived and should not have. */
  unexpected: string[];
  duplicates: Duplicate[];
  withoutCrash: number;
  notMarked: number;
  /** How often a single notification was repeated for one crash, at most. */
  mostOfOneNotificationPerCrash: number;
  /** How many notifications one crash repeated, at most. */
  mostPerCrash: number;
  perCrash: number;
  byKind: { kind: CrashKind; crashes: number; duplicates: number; most: number }[];
};

/** A message that was in the line already arrives a moment after its sender's death. */
const IN_THE_LINE_MS = 1_000;

/**
 * Counts arrivals by incident and person, so that several in one SMS count as told each. A repeat is laid to the death of the
 * worker that had sent the copy before, else to an outage of the database that overlaps the time between the two.
 */
export const tally = (
  expected: ReadonlySet<string>,
  arrivals: readonly Arrival[],
  crashes: readonly Crash[],
): Tally => {
  const byKey = groupBy(
    arrivals.toSorted((a, b) => a.at - b.at),
    ({ key }) => key,
  );
  const duplicates = [...byKey].flatMap(([key, [head, ...rest]]) => {
    let first = head;
    return rest.flatMap((again): Duplicate[] => {
      if (first === undefined) return [];
      const duplicate = { key, first, again, crash: causeOf(first, again, crashes) };
      first = again;
      return [duplicate];
    });
  });
  const laidTo = groupBy(
    duplicates.filter(({ crash }) => crash !== undefined),
    ({ crash }) => crash,
  );
  const countOf = (crash: Crash): number => laidTo.get(crash)?.length ?? 0;
  const perKeyAndCrash = [...laidTo.values()].flatMap((list) =>
    [...groupBy(list, ({ key }) => key).values()].map(({ length }) => length),
  );
  return {
    expected: expected.size,
    arrived: [...expected].filter((key) => byKey.has(key)).length,
    lost: [...expected].filter((key) => !byKey.has(key)),
    unexpected: [...byKey.keys()].filter((key) => !expected.has(key)),
    duplicates,
    withoutCrash: duplicates.filter(({ crash }) => crash === undefined).length,
    notMarked: duplicates.filter(({ again }) => !again.markedRepeat).length,
    mostOfOneNotificationPerCrash: Math.max(0, ...perKeyAndCrash),
    mostPerCrash: Math.max(0, ...crashes.map(countOf)),
    perCrash: crashes.length === 0 ? duplicates.length : duplicates.length / crashes.length,
    byKind: [...groupBy(crashes, ({ kind }) => kind)].map(([kind, list]) => ({
      kind,
      crashes: list.length,
      duplicates: list.reduce((sum, crash) => sum + countOf(crash), 0),
      most: Math.max(...list.map(countOf)),
    })),
  };
};

const isOfDatabase = ({ kind }: Crash): boolean => kind.startsWith('PostgreSQL');

const causeOf = (first: Arrival, again: Arrival, crashes: readonly Crash[]): Crash | undefined => {
  const between = crashes.filter(
    ({ at, backAt = Number.POSITIVE_INFINITY }) =>
      at <= again.at && Math.max(at, backAt) >= first.at - IN_THE_LINE_MS,
  );
  return (
    between.find(({ target, at }) => target === first.worker && at >= first.at - IN_THE_LINE_MS) ??
    between.find(isOfDatabase)
  );
};

/** The value below which a share of the values lies; 0 of none. */
export const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[
    Math.min(values.length - 1, Math.floor(values.length * share))
  ] ?? 0;

const groupBy = <T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> => {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
};
