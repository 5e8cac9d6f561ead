import type { Clock } from '../../shared/clock.ts';

/**
 * Why a provider that is only spoken to when there is something to send did not take the last message. Forgotten after two
 * minutes: with nothing to send nobody would notice that it works again, and the heartbeat would stay away for nothing.
 */
export const createLastTrouble = (clock: Clock) => {
  let last: { reason: string; at: number } | undefined;
  return {
    set(reason: string | null): void {
      last = reason === null ? undefined : { reason, at: clock.now().getTime() };
    },
    get: (): string | null =>
      last !== undefined && clock.now().getTime() - last.at < REMEMBERED_MS ? last.reason : null,
  };
};

const REMEMBERED_MS = 120_000;
