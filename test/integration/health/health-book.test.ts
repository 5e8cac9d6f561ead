import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createHealthBook, type HealthBook } from '../../../src/health/index.ts';
import { HEALTH_DEFAULTS } from '../../../src/shared/health-config.ts';
import { createListener, type Listener } from '../../../src/shared/listener.ts';
import { type HealthHarness, startHealth } from './health-harness.ts';

const logger = pino({ level: 'silent' });

describe('what an alarm says of its source', () => {
  let county: HealthHarness;
  let listener: Listener;
  let book: HealthBook;
  beforeAll(async () => {
    county = await startHealth();
    listener = createListener(county.database.connectionString, logger);
    await listener.start();
    book = createHealthBook({ pool: county.pool, settings: HEALTH_DEFAULTS, listener, logger });
    await book.start();
    await county.register('cam-1', 'camera');
  });
  afterAll(async () => {
    await book?.stop();
    await listener?.stop();
    await county?.database.drop();
  });

  const said = (aheadS = 0) => {
    const receivedAt = county.clock.at;
    const observedAt = new Date(receivedAt.getTime() + aheadS * 1000);
    return book.problemsOf({ deviceId: 'cam-1', observedAt, receivedAt });
  };
  const codes = (aheadS?: number) => said(aheadS).map(({ code }) => code);

  it('is known in every process a moment after the look that found it, and gone with it', async () => {
    await county.online('cam-1');
    await county.pass(10);
    await county.online('cam-1', false);
    await county.pass(100);
    // Not yet: it has not lasted its hold-off.
    expect(codes()).toEqual([]);
    await county.pass(100);
    await vi.waitFor(() => expect(codes()).toEqual(['offline']));
    await county.online('cam-1');
    await county.pass(10);
    await vi.waitFor(() => expect(codes()).toEqual([]));
  });

  it('leaves out what has no bearing on alarms', async () => {
    await county.pass(700, () => county.sends('cam-1', { batteryPct: 3 }));
    await county.pass(3000, () => county.sends('cam-1', { batteryPct: 3 }));
    expect(await county.healthOf('cam-1')).toEqual({
      status: 'unhealthy',
      codes: ['battery_low'],
    });
    expect(codes()).toEqual([]);
  });

  it('doubts the clock of what was seen later than it was received, not of what comes late', () => {
    expect(said(95)).toMatchObject([{ code: 'clock_skew', value: -95, limit: 30 }]);
    expect(codes(30)).toEqual([]);
    expect(codes(-7200)).toEqual([]);
  });
});
