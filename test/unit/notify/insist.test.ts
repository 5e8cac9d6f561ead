import { expect, it } from 'vitest';
import { insist } from '../../../src/notify/insist.ts';

const away = (): Error => Object.assign(new Error('connection terminated'), { code: '57P01' });

/** Fails so often, then gives the number of calls. */
const failing = (times: number, error: () => Error) => {
  let calls = 0;
  return async (): Promise<number> => {
    calls += 1;
    if (calls <= times) throw error();
    return calls;
  };
};

it('writes again while PostgreSQL is away, and says so once', async () => {
  const troubles: unknown[] = [];
  const { signal } = new AbortController();
  const onTrouble = (error: unknown): void => void troubles.push(error);
  expect(await insist(failing(3, away), { signal, onTrouble })).toBe(4);
  expect(troubles).toHaveLength(1);
});

it('does not write again what will never do', async () => {
  const { signal } = new AbortController();
  const refused = failing(1, () => Object.assign(new Error('check'), { code: '23514' }));
  await expect(insist(refused, { signal, onTrouble: () => undefined })).rejects.toThrow('check');
  expect(await refused()).toBe(2);
});

it('ends when it is told to', async () => {
  const abort = new AbortController();
  const onTrouble = (): void => abort.abort();
  const write = failing(Number.POSITIVE_INFINITY, away);
  await expect(insist(write, { signal: abort.signal, onTrouble })).rejects.toThrow('aborted');
});
