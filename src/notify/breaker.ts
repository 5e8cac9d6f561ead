export type BreakerState = 'closed' | 'open' | 'half_open';

/**
 * What a call has shown of the provider: `good`: it took the message; `bad`: something is wrong with it; `answered`: it is
 * there, but refused this message or asked for a pause; `unused`: nothing, the call was not made.
 */
export type Verdict = 'good' | 'bad' | 'answered' | 'unused';

export type Breaker = {
  state(): BreakerState;
  /** Whether a call may be made now: half open, one at a time. */
  admits(): boolean;
  /** How long until a trial may be made, as far as time decides that; 0 when it may be made now. */
  waitMs(): number;
  /** Begins a call that was admitted. The verdict is given once; later ones have no effect. */
  begin(): (verdict: Verdict) => void;
  /** What was in its way has gone: the next trial need not wait. */
  tryNow(): void;
};

export type BreakerOptions = {
  /** Milliseconds that only ever grow: a clock put back must not keep a breaker open. */
  nowMs: () => number;
  /** Failures in a row that open it. */
  failures: number;
  /** Before the first trial; twice as long after each that fails, up to the most. */
  pauseMs: number;
  maxPauseMs: number;
  onChange?: (state: 'closed' | 'open') => void;
};

/** Stops calling a provider that has failed several times in a row, and lets one call at a time find out whether it is back. */
export const createBreaker = (options: BreakerOptions): Breaker => {
  const { nowMs, failures, pauseMs, maxPauseMs, onChange } = options;
  let inARow = 0;
  let opened: { at: number; pauseMs: number; trial: boolean } | undefined;

  const waitMs = (): number =>
    opened === undefined ? 0 : Math.max(0, opened.at + opened.pauseMs - nowMs());
  const close = (): void => {
    inARow = 0;
    if (opened === undefined) return;
    opened = undefined;
    onChange?.('closed');
  };
  const failed = (isTrial: boolean): void => {
    if (opened === undefined) {
      inARow += 1;
      if (inARow < failures) return;
      opened = { at: nowMs(), pauseMs, trial: false };
      onChange?.('open');
    } else if (isTrial) {
      const longer = Math.min(opened.pauseMs * 2, maxPauseMs);
      opened = { at: nowMs(), pauseMs: longer, trial: false };
    }
    // What was under way when it opened says nothing new.
  };

  return {
    state: () => (opened === undefined ? 'closed' : waitMs() > 0 ? 'open' : 'half_open'),
    admits: () => opened === undefined || (!opened.trial && waitMs() === 0),
    waitMs,
    begin() {
      const trialOf = opened;
      if (trialOf !== undefined) trialOf.trial = true;
      let given = false;
      return (verdict) => {
        if (given) return;
        given = true;
        const isTrial = trialOf !== undefined && trialOf === opened;
        if (isTrial) trialOf.trial = false;
        if (verdict === 'good' || (verdict === 'answered' && isTrial)) close();
        else if (verdict === 'bad') failed(isTrial);
      };
    },
    tryNow() {
      if (opened !== undefined) opened.at = nowMs() - opened.pauseMs;
    },
  };
};
