import { describe, expect, it } from 'vitest';
import { type Past, rankProviders, type Standing } from '../../../src/notify/rank-providers.ts';

const works = (name: string): Standing => ({
  name,
  admits: true,
  isTrial: false,
  hasTrouble: false,
});
const fresh: Past = { failed: {}, refusedBy: [], urgent: true };

describe('the provider of the next message', () => {
  it('is the first that may be called', () => {
    expect(rankProviders([works('a'), works('b')], fresh)).toBe('a');
    expect(rankProviders([{ ...works('a'), admits: false }, works('b')], fresh)).toBe('b');
    expect(rankProviders([{ ...works('a'), admits: false }], fresh)).toBeUndefined();
    expect(rankProviders([], fresh)).toBeUndefined();
  });

  it('is the next one after a failure, and the first again when that fails too', () => {
    const both = [works('a'), works('b')];
    expect(rankProviders(both, { ...fresh, failed: { a: 1 } })).toBe('b');
    expect(rankProviders(both, { ...fresh, failed: { a: 1, b: 1 } })).toBe('a');
    expect(rankProviders([works('a')], { ...fresh, failed: { a: 7 } })).toBe('a');
  });

  it('is one that says it cannot send only where there is no other', () => {
    const down = { ...works('a'), hasTrouble: true };
    expect(rankProviders([down, works('b')], fresh)).toBe('b');
    expect(rankProviders([down, works('b')], { ...fresh, failed: { b: 3 } })).toBe('b');
    expect(rankProviders([down], fresh)).toBe('a');
    expect(rankProviders([down, { ...works('b'), admits: false }], fresh)).toBe('a');
  });

  it('is never one that refused the message for good', () => {
    expect(rankProviders([works('a'), works('b')], { ...fresh, refusedBy: ['a'] })).toBe('b');
    expect(rankProviders([works('a')], { ...fresh, refusedBy: ['a'] })).toBeUndefined();
  });

  it('is tried after an outage with a message that can wait, as long as another works', () => {
    const trial = { ...works('a'), isTrial: true };
    expect(rankProviders([trial, works('b')], fresh)).toBe('b');
    expect(rankProviders([trial, works('b')], { ...fresh, urgent: false })).toBe('a');
    expect(rankProviders([trial], fresh)).toBe('a');
    expect(rankProviders([trial, { ...works('b'), hasTrouble: true }], fresh)).toBe('a');
  });
});
