import { pino } from 'pino';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { WakeUp } from '../../../src/notify/queue.ts';
import { createRelay } from '../../../src/notify/relay.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { createListener } from '../../../src/shared/listener.ts';
import { createHarness } from './notify-harness.ts';

const PHONE = '+8613800000001';
const logger = pino({ level: 'silent' });

let harness: Awaited<ReturnType<typeof createHarness>>;
beforeAll(async () => {
  harness = await createHarness();
  await harness.person([{ channel: 'sms', address: PHONE }]);
});
afterAll(() => harness.close());

it('sends by itself what the queue has taken and nobody has looked at', async () => {
  const listener = createListener(harness.database.connectionString, logger);
  await listener.start();
  const queued: WakeUp[] = [];
  const handled: WakeUp[] = [];
  const relay = createRelay({
    pool: harness.pool,
    listener,
    // As one whose workers hang.
    queue: { add: async (wakeUps) => void queued.push(...wakeUps) },
    handle: async (wakeUp) => void handled.push(wakeUp),
    clock: systemClock,
    logger,
    sweepMs: 50,
  });
  await relay.start();
  try {
    const startedAt = Date.now();
    const id = await harness.queueSms(PHONE, 'x');
    await vi.waitFor(() => expect(queued.map((wakeUp) => wakeUp.id)).toEqual([id]), 5_000);
    await vi.waitFor(() => expect(handled.map((wakeUp) => wakeUp.id)).toEqual([id]), 10_000);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(3_000);
    expect(queued).toHaveLength(1);
  } finally {
    await relay.stop();
    await listener.stop();
  }
});
