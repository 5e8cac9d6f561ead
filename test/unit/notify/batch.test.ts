import { describe, expect, it } from 'vitest';
import { createBatch } from '../../../src/notify/batch.ts';

/** Runs that end when the test says so. */
const createRuns = () => {
  const begun: { items: readonly number[]; end: () => void; fail: (error: Error) => void }[] = [];
  const run = (items: readonly number[]): Promise<number[]> =>
    new Promise((resolve, reject) => {
      begun.push({ items, end: () => resolve(items.map((item) => item * 10)), fail: reject });
    });
  return { begun, run, items: () => begun.map(({ items }) => items) };
};

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a batch', () => {
  it('asks at once for what comes alone, and together for what comes meanwhile, so much at a time', async () => {
    const { begun, run, items } = createRuns();
    const ask = createBatch(run, 3);
    const answers = [1, 2, 3, 4, 5].map(ask);
    expect(items()).toEqual([[1]]);
    begun[0]?.end();
    expect(await answers[0]).toBe(10);
    await settled();
    expect(items()).toEqual([[1], [2, 3, 4]]);
    begun[1]?.end();
    await settled();
    expect(items()).toEqual([[1], [2, 3, 4], [5]]);
    begun[2]?.end();
    expect(await Promise.all(answers)).toEqual([10, 20, 30, 40, 50]);
    const late = ask(6);
    expect(items().at(-1)).toEqual([6]);
    begun[3]?.end();
    expect(await late).toBe(60);
  });

  it.each([
    ['can never be answered', new TypeError('no such number')],
    ['is in a deadlock', Object.assign(new Error('deadlock detected'), { code: '40P01' })],
    ['is locked by somebody', Object.assign(new Error('lock timeout'), { code: '55P03' })],
  ])('asks for each by itself where one of several %s', async (_, error) => {
    const ask = createBatch(async (items: readonly number[]) => {
      await settled();
      if (items.includes(3)) throw error;
      return items;
    });
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(ask));
    expect(outcomes).toMatchObject([{ value: 1 }, { value: 2 }, { reason: error }, { value: 4 }]);
    expect(await ask(5)).toBe(5);
  });

  it('tells all of them when nothing can be asked for now, and goes on', async () => {
    const { begun, run, items } = createRuns();
    const ask = createBatch(run);
    const answers = Promise.allSettled([1, 2, 3].map(ask));
    begun[0]?.fail(new Error('connection lost'));
    await settled();
    begun[1]?.fail(new Error('connection lost'));
    expect((await answers).map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
    expect(items()).toEqual([[1], [2, 3]]);
    const again = ask(4);
    begun[2]?.end();
    expect(await again).toBe(40);
  });
});
