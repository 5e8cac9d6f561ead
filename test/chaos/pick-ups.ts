import type { Crash } from './delivery-tally.ts';

export type Attempt = { startedAt: number; outcome: string | undefined };

export type PickUps = {
  /** From the kill of a worker to the next attempt of what it had begun, the other worker and PostgreSQL being there. */
  aloneMs: number[];
  /** The same where one of these was away too for a part of the time. */
  otherwiseMs: number[];
};

/** How long what a killed worker had begun lay about, from the attempts of each notification, oldest first. */
export const measurePickUps = (
  notifications: readonly (readonly Attempt[])[],
  crashes: readonly Crash[],
): PickUps => {
  const result: PickUps = { aloneMs: [], otherwiseMs: [] };
  const deaths = crashes.filter(({ target }) => target.startsWith('worker'));
  for (const attempts of notifications) {
    attempts.forEach(({ startedAt, outcome }, index) => {
      const next = attempts[index + 1];
      if (next === undefined || outcome !== 'unknown') return;
      const [death, ...more] = deaths.filter(({ at }) => at >= startedAt && at <= next.startedAt);
      if (death === undefined) return;
      const disturbed =
        more.length > 0 ||
        crashes.some(
          (crash) =>
            crash !== death &&
            crash.target !== 'Redis' &&
            crash.at <= next.startedAt &&
            (crash.backAt ?? Number.POSITIVE_INFINITY) >= startedAt,
        );
      (disturbed ? result.otherwiseMs : result.aloneMs).push(next.startedAt - death.at);
    });
  }
  return result;
};
