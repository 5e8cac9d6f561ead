import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createEmbeddedPostgres } from '../../src/embedded/index.ts';
import { createNotify, NOTIFY_POOL, SENDING_POOL } from '../../src/notify/index.ts';
import { insertNotifications } from '../../src/notify/notification-store.ts';
import { createRegionLookup } from '../../src/people/index.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createPool, type Pool, withTransaction } from '../../src/shared/db.ts';
import { newId } from '../../src/shared/ids.ts';
import { createListener } from '../../src/shared/listener.ts';
import { migrate } from '../../src/shared/migrate.ts';
import { pause, startChild } from './child.ts';

const PEOPLE = 50;
const ALERTS = 1_000;

export type BurstResult = {
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  maxMs: number;
  sms: number;
  /** Of this process; PostgreSQL's and the centre's is not in it. */
  cpuMs: number;
};

/**
 * 1,000 alerts to 50 people, 20 each, written in one transaction: from then to the SMS centre's yes. Each person's first goes
 * by itself; `windowMs` 0 sends every one by itself. PostgreSQL is the embedded one, on disk; the centre is a process of its own,
 * as it is elsewhere: one that shared our loop would answer only when we have nothing to do.
 */
export const benchBurst = async (windowMs?: number): Promise<BurstResult> => {
  const logger = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' });
  const dataDir = await mkdtemp(join(tmpdir(), 'fengsui-burst-'));
  await chmod(dataDir, 0o755);
  const postgres = createEmbeddedPostgres({
    dataDir,
    logger,
    onExit: (error) => {
      throw error;
    },
  });
  await postgres.start();
  const connectionString = postgres.connectionString();
  await migrate(connectionString, logger, { queue: true });
  const pool = createPool({ connectionString, name: 'notify', ...NOTIFY_POOL, logger });
  const sending = createPool({ connectionString, name: 'sending', ...SENDING_POOL, logger });
  const listener = createListener(connectionString, logger);
  await listener.start();
  const smsc = await startChild('test/bench/sms-centre.ts', []);
  const notify = createNotify({
    pool,
    sending,
    connectionString,
    redisUrl: undefined,
    channels: { sms: [{ smpp: { url: smsc.first } }] },
    webhookSecret: undefined,
    config: {
      smsSignature: '【烽燧】',
      maxAttempts: 500,
      retryBaseMs: 1_000,
      retryMaxMs: 30_000,
      ...(windowMs === undefined ? {} : { bundleWindowMs: windowMs }),
    },
    regions: createRegionLookup([]),
    timeZone: 'Asia/Shanghai',
    listener,
    publish: async () => undefined,
    onGivenUp: async () => undefined,
    onSms: async () => undefined,
    metrics: { submitted: () => undefined, failed: () => undefined },
    clock: systemClock,
    logger,
  });
  await notify.start();
  try {
    // One before it counts: connections, prepared plans and compiled code are there in a service that has run for a while.
    await burst(pool, 100);
    const cpu = process.cpuUsage();
    const { delays, sms } = await burst(pool, ALERTS);
    const used = process.cpuUsage(cpu);
    const at = (q: number): number => delays[Math.min(ALERTS - 1, Math.floor(q * ALERTS))] ?? 0;
    return {
      p50Ms: at(0.5),
      p95Ms: at(0.95),
      p99Ms: at(0.99),
      maxMs: at(1),
      sms,
      cpuMs: Math.round((used.user + used.system) / 1_000),
    };
  } finally {
    await notify.stop();
    await smsc.stop();
    await listener.stop();
    await sending.end();
    await pool.end();
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
};

let sequence = 0;

/** Milliseconds to submission of each, shortest first, and in how many messages. */
const burst = async (pool: Pool, alerts: number): Promise<{ delays: number[]; sms: number }> => {
  const incidents = Array.from({ length: alerts }, () => {
    sequence += 1;
    return { id: newId(), number: `AR-20261102-${String(sequence).padStart(4, '0')}` };
  });
  await pool.query(
    `insert into mqtt_credential (id, owner, secret_hash) values ('cam-1', 'device', '') on conflict do nothing`,
  );
  await pool.query(
    `insert into device (id, kind, name, region_id, lon, lat) values ('cam-1', 'camera', 'cam-1', 'default', 113, 26)
     on conflict do nothing`,
  );
  await pool.query(
    `insert into person (id, name, roles, locale) select 'p' || n, 'p' || n, '{duty_officer}', 'zh-CN'
     from generate_series(0, ${PEOPLE - 1}) n on conflict do nothing`,
  );
  await pool.query(
    `insert into incident (id, number, status, confidence, severity, region_id, lon, lat, fix, detection_count, source_ids,
       opened_at, updated_at, last_observed_at, last_received_at, anchor_device_id, alert_level)
     select i.id, i.number, 'reported', 0.9, 'moderate', 'default', 113, 26, '{}', 1, '{cam-1}', now(), now(), now(), now(),
       'cam-1', 'review' from jsonb_to_recordset($1::jsonb) as i (id uuid, number text)`,
    [JSON.stringify(incidents)],
  );
  const now = new Date();
  const rows = incidents.map(({ id, number }, index) => {
    const personId = `p${index % PEOPLE}`;
    const address = `+86138${String(index % PEOPLE).padStart(8, '0')}`;
    return {
      id: newId(),
      incidentId: id,
      kind: 'alert' as const,
      step: 0,
      occurrence: 0,
      round: 0,
      personId,
      channel: 'sms' as const,
      address,
      locale: 'zh-CN' as const,
      dueAt: now,
      text: `【烽燧】疑似火情${number}：龙海镇仁和村发现烟雾，14:05，来源云台山3号。经纬度113.26944,26.70912(WGS-84)，误差200米。回复1接警`,
      payload: { type: 'alert', number, code: String(100 + (index % 900)), placeNames: ['龙海镇'] },
    };
  });
  await withTransaction(pool, (tx) => insertNotifications(tx, rows, now));
  const acceptedAt = Date.now();
  for (;;) {
    const { rows: sent } = await pool.query<{ submitted_at: Date; bundle_id: string }>(
      'select submitted_at, bundle_id from notification where id = any($1) and submitted_at is not null',
      [rows.map(({ id }) => id)],
    );
    if (sent.length === alerts) {
      const delays = sent.map(({ submitted_at }) =>
        Math.max(0, submitted_at.getTime() - acceptedAt),
      );
      const messages = new Set(sent.map(({ bundle_id }) => bundle_id));
      return { delays: delays.toSorted((a, b) => a - b), sms: messages.size };
    }
    await pause(250);
  }
};
