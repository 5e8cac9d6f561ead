import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Breaker, createBreaker, type Verdict } from '../../../src/notify/breaker.ts';

describe('a circuit breaker', () => {
  let nowMs = 0;
  let changes: string[] = [];
  let breaker: Breaker;
  const call = (verdict: Verdict): void => breaker.begin()(verdict);
  const fail = (times: number): void => {
    for (let i = 0; i < times; i += 1) call('bad');
  };

  beforeEach(() => {
    nowMs = 0;
    changes = [];
    breaker = createBreaker({
      nowMs: () => nowMs,
      failures: 3,
      pauseMs: 1_000,
      maxPauseMs: 3_000,
      onChange: (state) => changes.push(state),
    });
  });

  it('opens after failures in a row, not after as many with a success between', () => {
    fail(2);
    call('good');
    fail(2);
    expect(breaker.state()).toBe('closed');
    expect(breaker.admits()).toBe(true);
    fail(1);
    expect(breaker.state()).toBe('open');
    expect(breaker.admits()).toBe(false);
    expect(breaker.waitMs()).toBe(1_000);
    expect(changes).toEqual(['open']);
  });

  it('is not opened by refusals of a message, nor closed by them', () => {
    fail(2);
    call('answered');
    call('answered');
    expect(breaker.state()).toBe('closed');
    fail(1);
    expect(breaker.state()).toBe('open');
  });

  it('lets one call through after the pause, and all once that succeeds', () => {
    fail(3);
    nowMs = 999;
    expect(breaker.admits()).toBe(false);
    nowMs = 1_000;
    expect(breaker.state()).toBe('half_open');
    const trial = breaker.begin();
    expect(breaker.admits()).toBe(false);
    trial('good');
    expect(breaker.state()).toBe('closed');
    expect(changes).toEqual(['open', 'closed']);
    fail(2);
    expect(breaker.state()).toBe('closed');
  });

  it('is closed by a trial that got an answer, whatever it was', () => {
    fail(3);
    nowMs = 1_000;
    call('answered');
    expect(breaker.state()).toBe('closed');
  });

  it('waits twice as long after each trial that fails, up to the most', () => {
    fail(3);
    const waits: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      nowMs += breaker.waitMs();
      call('bad');
      waits.push(breaker.waitMs());
    }
    expect(waits).toEqual([2_000, 3_000, 3_000]);
    expect(changes).toEqual(['open']);
  });

  it('lets another try when a trial was not made after all', () => {
    fail(3);
    nowMs = 1_000;
    call('unused');
    expect(breaker.admits()).toBe(true);
  });

  it('is not kept open longer by calls that were under way when it opened, and is closed by one that succeeds', () => {
    const [late, later] = [breaker.begin(), breaker.begin()];
    fail(3);
    nowMs = 500;
    late('bad');
    expect(breaker.waitMs()).toBe(500);
    later('good');
    expect(breaker.state()).toBe('closed');
  });

  it('can be tried at once when what was in the way has gone', () => {
    fail(3);
    breaker.tryNow();
    expect(breaker.admits()).toBe(true);
  });

  it('never keeps everybody out for ever, nor lets two trials run at once', () => {
    const step = fc.record({
      afterMs: fc.integer({ min: 0, max: 2_000 }),
      verdict: fc.constantFrom<Verdict>('good', 'bad', 'answered', 'unused'),
      ends: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let at = 0;
        const made = createBreaker({
          nowMs: () => at,
          failures: 3,
          pauseMs: 1_000,
          maxPauseMs: 3_000,
        });
        const open: ((verdict: Verdict) => void)[] = [];
        const admitted: { wasClosed: boolean; another: boolean }[] = [];
        for (const { afterMs, verdict, ends } of steps) {
          at += afterMs;
          if (made.admits()) {
            const wasClosed = made.state() === 'closed';
            open.push(made.begin());
            admitted.push({ wasClosed, another: made.admits() });
          }
          if (ends) open.shift()?.(verdict);
        }
        expect(admitted.filter(({ wasClosed, another }) => wasClosed !== another)).toEqual([]);
        for (const end of open) end('unused');
        at += 3_000;
        expect(made.admits()).toBe(true);
      }),
    );
  });
});
