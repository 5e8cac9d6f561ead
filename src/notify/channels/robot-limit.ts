/** So many messages at most in any stretch of that length. */
export type RateWindow = { count: number; windowMs: number };

export type RobotLimit = {
  /** Takes a place for a message now: 0; or says how many milliseconds to wait until there is one, and takes none. */
  take(robot: string, nowMs: number): number;
  /** The platform itself has said no: nobody goes before then. */
  pause(robot: string, untilMs: number): void;
};

/**
 * Keeps each robot below what its platform admits, because one that exceeds it is shut out for minutes. Of this process
 * alone: with several, the platform's own answer is what stops them.
 */
export const createRobotLimit = (windows: readonly RateWindow[]): RobotLimit => {
  const robots = new Map<string, { sentMs: number[]; pausedUntilMs: number }>();
  const longestMs = Math.max(...windows.map(({ windowMs }) => windowMs));
  const stateOf = (robot: string) => {
    const known = robots.get(robot);
    if (known !== undefined) return known;
    const fresh = { sentMs: [], pausedUntilMs: 0 };
    robots.set(robot, fresh);
    return fresh;
  };
  return {
    take(robot, nowMs) {
      const state = stateOf(robot);
      // A clock that was put back must not shut a robot out for hours.
      state.sentMs = state.sentMs.filter((at) => at > nowMs - longestMs && at <= nowMs);
      const freeAtMs = windows.map(({ count, windowMs }) => {
        const oldest = state.sentMs.at(-count);
        return oldest === undefined ? 0 : oldest + windowMs;
      });
      const waitMs = Math.max(state.pausedUntilMs, ...freeAtMs) - nowMs;
      if (waitMs > 0) return waitMs;
      state.sentMs.push(nowMs);
      return 0;
    },
    pause(robot, untilMs) {
      stateOf(robot).pausedUntilMs = untilMs;
    },
  };
};
