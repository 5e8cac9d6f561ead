import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createPartJoiner, type PartJoiner } from '../../../src/notify/channels/join-parts.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const LINE = {
  id: '0b6f3e0e-0000-4000-8000-000000000001',
  boundAt: new Date(),
  lostBeforeAt: null,
};

describe('parts of long replies', () => {
  let database: TestDatabase;
  let joiner: PartJoiner;
  let now = new Date('2026-11-02T06:05:00Z');
  const texts: string[] = [];

  const start = async (): Promise<void> => {
    joiner = createPartJoiner({
      pool: database.pool,
      provider: 'smpp',
      onMessage: async ({ sender, text }) => {
        texts.push(`${sender}: ${text}`);
      },
      clock: { now: () => now },
      logger: pino({ level: 'silent' }),
      sweepMs: 20,
    });
    await joiner.start();
  };
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());
  afterEach(async () => {
    await joiner.stop();
    texts.length = 0;
  });
  const take = (text: string, part: number, more: { total?: number; sender?: string } = {}) => {
    const { total = 2, sender = '8613800000001' } = more;
    const message = { provider: 'smpp', line: LINE, sequenceNumber: part, recipient: '', text };
    return joiner.received({ ...message, sender }, { reference: 5, total, part });
  };

  it('are put together over a restart, apart from those of another phone', async () => {
    await start();
    await take('a', 1);
    await take('x', 1, { sender: '8613800000002' });
    await joiner.stop();
    await start();
    await take('b', 2);
    expect(texts).toEqual(['8613800000001: ab']);
    await take('y', 2, { sender: '8613800000002' });
    expect(texts.at(-1)).toBe('8613800000002: xy');
  });

  it('are one message when the last two come at once', async () => {
    await start();
    now = new Date(now.getTime() + 2 * 3_600_000);
    await take('a', 1, { total: 3 });
    await Promise.all([take('b', 2, { total: 3 }), take('c', 3, { total: 3 })]);
    expect(texts).toEqual(['8613800000001: abc']);
  });

  it('are handed on with a gap when one never comes', async () => {
    await start();
    now = new Date(now.getTime() + 2 * 3_600_000);
    await take('1', 1);
    now = new Date(now.getTime() + 121_000);
    await vi.waitFor(() => expect(texts).toEqual(['8613800000001: 1…']));
    // Later under the same number: the same part again is old, another message an hour later is new.
    await take('1', 1);
    now = new Date(now.getTime() + 2 * 3_600_000);
    await take('new', 1);
    await take('er', 2);
    expect(texts).toEqual(['8613800000001: 1…', '8613800000001: newer']);
  });
});
