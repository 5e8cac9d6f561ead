import { describe, expect, it } from 'vitest';
import { createBatch } from '../../../src/notify/batch.ts';

/** Runs that end when the test says so. */
const createRuns = () => {
  const begun: { items: readonly number[]; end: () => void; fail: (error: Error) => void }[] = [];
  const run = (items: readonly number[]): Promise<number[]> =>
    new Promise((resolve, reject) => {
      begun.push({ items, end: () => resolve(items.map((item) => item * 10)), fail: reject });
    });
  return { begun, run };
};

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a batch', () => {
  it('asks at once for what comes alone, and together for what comes meanwhile', async () => {
    const { begun, run } = createRuns();
    const ask = createBatch(run, 2);
    const answers = [1, 2, 3, 4, 5].map(ask);
    expect(begun.map(({ items }) => items)).toEqual([[1], [2]]);
    begun[1]?.end();
    expect(await answers[1]).toBe(20);
    expect(begun.map(({ items }) => items)).toEqual([[1], [2], [3, 4, 5]]);
    begun[0]?.end();
    begun[2]?.end();
    expect(await Promise.all(answers)).toEqual([10, 20, 30, 40, 50]);
    const late = ask(6);
    expect(begun.at(-1)?.items).toEqual([6]);
    begun.at(-1)?.end();
    expect(await late).toBe(60);
  });

  it('asks for each by itself where one of several can never be answered', async () => {
    const ask = createBatch(async (items: readonly number[]) => {
      await settled();
      if (items.includes(3)) throw new TypeError('no such number');
      return items;
    }, 1);
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(ask));
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(await ask(5)).toBe(5);
  });

  it('tells all of them when nothing can be asked for now, and goes on', async () => {
    const { begun, run } = createRuns();
    const ask = createBatch(run, 1);
    const answers = Promise.allSettled([1, 2, 3].map(ask));
    begun[0]?.fail(new Error('connection lost'));
    await settled();
    begun[1]?.fail(new Error('connection lost'));
    expect((await answers).map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
    expect(begun.map(({ items }) => items)).toEqual([[1], [2, 3]]);
    const again = ask(4);
    begun[2]?.end();
    expect(await again).toBe(40);
  });
});
