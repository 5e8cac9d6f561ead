import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  OVERLAP_MS,
  readWebhookSecrets,
  rotate,
  signingSecrets,
  type WebhookSecrets,
} from '../../../src/notify/webhook-secret.ts';

describe('rotation', () => {
  it('lets every secret sign that was current within the last day, and no other', () => {
    const gapsMs = fc.array(fc.integer({ min: 0, max: 2 * OVERLAP_MS }), { maxLength: 6 });
    fc.assert(
      fc.property(gapsMs, fc.integer({ min: 0, max: 2 * OVERLAP_MS }), (gaps, afterMs) => {
        let nowMs = Date.UTC(2026, 10, 2);
        let secrets: WebhookSecrets = { current: 's0', previous: [] };
        const replacedMs: number[] = [];
        for (const [index, gap] of gaps.entries()) {
          nowMs += gap;
          secrets = rotate(secrets, `s${index + 1}`, new Date(nowMs));
          replacedMs.push(nowMs);
        }
        nowMs += afterMs;
        const expected = replacedMs
          .flatMap((at, index) => (at + OVERLAP_MS > nowMs ? [`s${index}`] : []))
          .toReversed();
        expect(signingSecrets(secrets, new Date(nowMs))).toEqual([`s${gaps.length}`, ...expected]);
      }),
    );
  });
});

describe('WEBHOOK_SECRET', () => {
  const secret = (byte: number, length = 32): string =>
    `whsec_${Buffer.alloc(length, byte).toString('base64')}`;

  it('may name the new and the old one', () => {
    expect(readWebhookSecrets(` ${secret(1)}  ${secret(2)} `)).toEqual([secret(1), secret(2)]);
  });

  it.each(['', 'secret', secret(1, 23), secret(1, 65), `${secret(1)} nonsense`])(
    'is refused as "%s", with how to make one',
    (text) => {
      expect(() => readWebhookSecrets(text)).toThrow(/openssl rand -base64 32/);
    },
  );
});
