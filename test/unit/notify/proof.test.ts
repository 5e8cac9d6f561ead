import { describe, expect, it } from 'vitest';
import { proveSubmitted, type ReferencedAttempt } from '../../../src/notify/proof.ts';

const BEGUN = new Date('2026-11-02T06:00:00Z');
const after = (seconds: number): Date => new Date(BEGUN.getTime() + seconds * 1_000);

const attempt = (changes: Partial<ReferencedAttempt> = {}): ReferencedAttempt => ({
  provider: 'smpp',
  startedAt: BEGUN,
  outcome: null,
  ...changes,
});
const receipt = (messageId: string, part: number, { parts = 2, afterS = 3 } = {}) => ({
  messageId,
  reference: { message: 7, parts, part },
  receivedAt: after(afterS),
});
const both = [receipt('b', 2), receipt('a', 1)];

describe('receipts for a message whose answer was lost', () => {
  it('prove it once all parts are in, in whatever order and however often', () => {
    expect(proveSubmitted('smpp', [attempt()], both)).toEqual(['a', 'b']);
    expect(proveSubmitted('smpp', [attempt()], [...both, receipt('a', 1)])).toEqual(['a', 'b']);
    const single = [receipt('x', 1, { parts: 1 })];
    expect(proveSubmitted('smpp', [attempt({ outcome: 'unknown' })], single)).toEqual(['x']);
  });

  it('prove it for all that went out in it', () => {
    expect(proveSubmitted('smpp', [attempt(), attempt()], both)).toEqual(['a', 'b']);
  });

  it.each([
    ['there is no such attempt', [], both],
    ['a part is missing', [attempt()], [receipt('b', 2)]],
    ['the first part alone is in', [attempt()], [receipt('a', 1)]],
    ['two messages had the reference', [attempt(), attempt({ startedAt: after(-60) })], both],
    ['another provider had it', [attempt({ provider: 'smpp-2' })], both],
    ['another provider had it too', [attempt(), attempt({ provider: 'smpp-2' })], both],
    ['its answer is known', [attempt({ outcome: 'submitted' })], both],
    ['it was refused', [attempt({ outcome: 'failed' })], both],
    ['one part has two ids', [attempt()], [...both, receipt('c', 1)]],
    ['the parts are of different messages', [attempt()], [...both, receipt('a', 1, { parts: 3 })]],
    ['they are older', [attempt()], both.map((one) => ({ ...one, receivedAt: after(-3) }))],
    ['they are much younger', [attempt()], [receipt('a', 1), receipt('b', 2, { afterS: 301 })]],
  ])('prove nothing when %s', (_, attempts, receipts) => {
    expect(proveSubmitted('smpp', attempts, receipts)).toBeUndefined();
  });
});
