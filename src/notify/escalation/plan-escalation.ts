import type { PolicyStep } from '../../shared/policy.ts';

/** One time a step is carried out: occurrence 0 is the step itself, 1 and on are its repeats. */
export type Firing = { step: number; occurrence: number; offsetS: number };

export type EscalationState = {
  /** What the steps' `afterS` counts from. */
  baseAt: Date;
  /** How many firings were made. */
  fired: number;
  lastFiredAt: Date | null;
  stoppedAt: Date | null;
};

export type EscalationPlan = {
  /** To be carried out now, in order. */
  due: Firing[];
  state: EscalationState;
  /** Null when stopped or when nobody is left to tell. */
  nextAt: Date | null;
};

/**
 * After a time in which no step could fire (the service was down, the clock was put forward) the overdue ones come one
 * after the other, this far apart or half their planned gap if that is less: whoever is told has a moment to answer
 * before the county leader is called, and nobody is left out.
 */
const CATCH_UP_S = 10;

/** The clocks of two machines differ by less; a time of ours this far ahead means the clock was put back. */
const CLOCK_TOLERANCE_MS = 1_000;

/** Everything a policy does when nobody answers, in order of time; of two at the same second the earlier step first. */
export const firingsOf = (steps: readonly PolicyStep[]): Firing[] =>
  steps
    .flatMap(({ afterS, repeat }, step) =>
      Array.from({ length: 1 + (repeat?.times ?? 0) }, (_, occurrence) => ({
        step,
        occurrence,
        offsetS: afterS + occurrence * (repeat?.everyS ?? 0),
      })),
    )
    .toSorted((a, b) => a.offsetS - b.offsetS || a.step - b.step);

/**
 * Which firings are due at an instant, and the state once they are made. Each is made once and none is left out,
 * whatever the clock does. Put back, the schedule moves with it as soon as that shows, at the latest one gap later: then a
 * step comes at most one gap late. Put forward, steps come early, but one at a time.
 */
export const planEscalation = (
  before: EscalationState,
  firings: readonly Firing[],
  now: Date,
): EscalationPlan => {
  if (before.stoppedAt !== null) return { due: [], state: before, nextAt: null };
  let state = followClock(before, now);
  const due: Firing[] = [];
  for (;;) {
    const firing = firings[state.fired];
    const nextAt = dueAt(state, firings);
    if (firing === undefined || nextAt === null || nextAt > now) return { due, state, nextAt };
    due.push(firing);
    state = { ...state, fired: state.fired + 1, lastFiredAt: now };
  }
};

/** The next firing becomes due now (the person told cannot come); later ones keep their distance from it. */
export const bringForward = (
  state: EscalationState,
  firings: readonly Firing[],
  now: Date,
): EscalationState => {
  const next = firings[state.fired];
  if (next === undefined) return state;
  const baseAt = new Date(Math.min(state.baseAt.getTime(), now.getTime() - next.offsetS * 1000));
  return { ...state, baseAt, lastFiredAt: null };
};

/** Takes a stopped escalation up again (the incident it was merged into was split off again): the next step comes after its gap. */
export const resumed = (
  state: EscalationState,
  firings: readonly Firing[],
  now: Date,
): EscalationState => {
  const last = firings[state.fired - 1]?.offsetS ?? 0;
  return {
    ...state,
    stoppedAt: null,
    baseAt: new Date(now.getTime() - last * 1000),
    lastFiredAt: now,
  };
};

const dueAt = (state: EscalationState, firings: readonly Firing[]): Date | null => {
  const firing = firings[state.fired];
  if (firing === undefined) return null;
  const planned = state.baseAt.getTime() + firing.offsetS * 1000;
  if (state.lastFiredAt === null) return new Date(planned);
  const gapS = firing.offsetS - (firings[state.fired - 1]?.offsetS ?? 0);
  const earliest = state.lastFiredAt.getTime() + Math.min(gapS / 2, CATCH_UP_S) * 1000;
  return new Date(Math.max(planned, earliest));
};

const followClock = (state: EscalationState, now: Date): EscalationState => {
  const last = state.lastFiredAt ?? state.baseAt;
  const aheadMs = last.getTime() - now.getTime();
  if (aheadMs <= CLOCK_TOLERANCE_MS) return state;
  return {
    ...state,
    baseAt: new Date(state.baseAt.getTime() - aheadMs),
    lastFiredAt: state.lastFiredAt === null ? null : now,
  };
};
