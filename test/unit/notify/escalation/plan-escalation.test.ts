import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bringForward,
  type EscalationState,
  firingsOf,
  planEscalation,
  resumed,
} from '../../../../src/notify/escalation/plan-escalation.ts';
import type { PolicyStep } from '../../../../src/shared/policy.ts';

const T0 = Date.parse('2026-11-02T06:00:00Z');
const at = (s: number): Date => new Date(T0 + s * 1000);
const step = (afterS: number, repeat?: PolicyStep['repeat']): PolicyStep => ({
  afterS,
  to: [{ onDuty: true }],
  channels: ['sms'],
  ...(repeat === undefined ? {} : { repeat }),
});
const DEFAULT = [step(0), step(60), step(120), step(300)];
const fresh: EscalationState = { baseAt: at(0), fired: 0, lastFiredAt: null, stoppedAt: null };

/** Asks at each of the seconds; tells what fired when: `step.occurrence@second`. */
const run = (
  steps: PolicyStep[],
  seconds: readonly number[],
  change: (state: EscalationState, s: number) => EscalationState = (state) => state,
) => {
  const firings = firingsOf(steps);
  let state = fresh;
  const fired: string[] = [];
  for (const s of seconds) {
    const plan = planEscalation(change(state, s), firings, at(s));
    state = plan.state;
    fired.push(...plan.due.map((due) => `${due.step}.${due.occurrence}@${s}`));
  }
  return fired;
};
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('an escalation', () => {
  it('climbs in silence, each step at its second, and then is over', () => {
    expect(run(DEFAULT, range(0, 1000))).toEqual(['0.0@0', '1.0@60', '2.0@120', '3.0@300']);
    const { nextAt } = planEscalation({ ...fresh, fired: 4 }, firingsOf(DEFAULT), at(1000));
    expect(nextAt).toBeNull();
  });

  it('says when it wants to be asked next', () => {
    const { nextAt } = planEscalation(fresh, firingsOf(DEFAULT), at(0));
    expect(nextAt).toEqual(at(60));
  });

  it('repeats a step among the others, the earlier step first at the same second', () => {
    const steps = [step(0, { everyS: 30, times: 3 }), step(60), step(75)];
    expect(run(steps, range(0, 200))).toEqual([
      '0.0@0',
      '0.1@30',
      '0.2@60',
      '1.0@60',
      '2.0@75',
      '0.3@90',
    ]);
  });

  it('fires nothing from the second somebody takes it, at whichever that is', () => {
    const times: [string, number][] = [
      ['0.0@0', 0],
      ['1.0@60', 60],
      ['2.0@120', 120],
      ['3.0@300', 300],
    ];
    for (const stopS of range(0, 301)) {
      const fired = run(DEFAULT, range(0, 400), (state, s) =>
        s >= stopS ? { ...state, stoppedAt: state.stoppedAt ?? at(s) } : state,
      );
      expect(fired).toEqual(times.flatMap(([name, s]) => (s < stopS ? [name] : [])));
    }
  });

  it('comes after a while of nothing with every step, one after the other', () => {
    expect(run(DEFAULT, [0, ...range(3600, 3700)])).toEqual([
      '0.0@0',
      '1.0@3600',
      '2.0@3610',
      '3.0@3620',
    ]);
    const close = [step(0), step(2), step(4)];
    expect(run(close, [0, ...range(60, 70)])).toEqual(['0.0@0', '1.0@60', '2.0@61']);
  });

  it('is at most one gap late when the clock is put back an hour', () => {
    // At second 90 the clock says an hour less.
    const seconds = [...range(0, 89), ...range(90 - 3600, 1000 - 3600)];
    expect(run(DEFAULT, seconds)).toEqual([
      '0.0@0',
      '1.0@60',
      `2.0@${90 - 3600 + 60}`,
      `3.0@${90 - 3600 + 240}`,
    ]);
  });

  it('does not mind a clock that is a little behind another’s', () => {
    const { state } = planEscalation(fresh, firingsOf(DEFAULT), at(0));
    expect(planEscalation(state, firingsOf(DEFAULT), at(-0.9)).state).toEqual(state);
  });

  it('goes on at once when the person told cannot come, the others at their distance', () => {
    const firings = firingsOf(DEFAULT);
    const fired = run(DEFAULT, range(0, 400), (state, s) =>
      s === 62 ? bringForward(state, firings, at(s)) : state,
    );
    expect(fired).toEqual(['0.0@0', '1.0@60', '2.0@62', '3.0@242']);
    const over = { ...fresh, fired: 4 };
    expect(bringForward(over, firings, at(400))).toEqual(over);
  });

  it('brings forward what is late already without making it later', () => {
    const firings = firingsOf(DEFAULT);
    const late = { ...fresh, fired: 1, lastFiredAt: at(199) };
    const { due, nextAt } = planEscalation(bringForward(late, firings, at(200)), firings, at(200));
    expect(due).toEqual([{ step: 1, occurrence: 0, offsetS: 60 }]);
    expect(nextAt).toEqual(at(210));
  });

  it('goes on after its gap when it is taken up again', () => {
    const firings = firingsOf(DEFAULT);
    const stopped = { ...fresh, fired: 2, lastFiredAt: at(60), stoppedAt: at(70) };
    expect(planEscalation(resumed(stopped, firings, at(500)), firings, at(500)).nextAt).toEqual(
      at(560),
    );
  });

  it('makes each firing once, in order, whatever the clock does and whenever it is asked', () => {
    const stepsArb = fc
      .uniqueArray(fc.integer({ min: 0, max: 600 }), { minLength: 1, maxLength: 5 })
      .map((offsets) => offsets.toSorted((a, b) => a - b).map((afterS) => step(afterS)));
    const clockArb = fc.array(fc.integer({ min: -4000, max: 4000 }), { maxLength: 60 });
    fc.assert(
      fc.property(stepsArb, clockArb, (steps, jumps) => {
        const firings = firingsOf(steps);
        let state = fresh;
        let second = 0;
        const fired: number[] = [];
        // However it jumped, a clock that then runs on brings every step.
        for (const jump of [...jumps, ...Array.from({ length: 100 }, () => 300)]) {
          second += jump;
          const plan = planEscalation(state, firings, at(second));
          state = plan.state;
          fired.push(...plan.due.map((due) => due.step));
        }
        expect(fired).toEqual(steps.map((_, index) => index));
      }),
    );
  });
});
