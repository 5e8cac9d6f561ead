/** What is killed: a process of the service, both, PostgreSQL's server or one of its backends, Redis, or only what is in it. */
export type CrashKind =
  | 'worker'
  | 'all workers'
  | 'PostgreSQL'
  | 'PostgreSQL backend'
  | 'Redis'
  | 'Redis FLUSHALL';

/** How often each comes in a round of ten. */
const SHARES: Record<CrashKind, number> = {
  worker: 4,
  'all workers': 1,
  PostgreSQL: 2,
  'PostgreSQL backend': 1,
  Redis: 1,
  'Redis FLUSHALL': 1,
};

const isOfRedis = (kind: CrashKind): boolean => kind.startsWith('Redis');

/** Kinds in the order they are killed: each once first, so that a short run has them all, then rounds of ten, shuffled. */
export const planKills = (
  count: number,
  { random, redis }: { random: () => number; redis: boolean },
): CrashKind[] => {
  const kinds = (Object.keys(SHARES) as CrashKind[]).filter((kind) => redis || !isOfRedis(kind));
  const round = kinds.flatMap((kind) => Array.from({ length: SHARES[kind] }, () => kind));
  const plan = shuffle(kinds, random);
  while (plan.length < count) plan.push(...shuffle(round, random));
  return plan.slice(0, count);
};

const shuffle = <T>(items: readonly T[], random: () => number): T[] =>
  items
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
