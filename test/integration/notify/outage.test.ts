import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, expect, inject, it, vi } from 'vitest';
import { NOTIFY_POOL, SENDING_POOL } from '../../../src/notify/index.ts';
import { createPool } from '../../../src/shared/db.ts';
import { migrate } from '../../../src/shared/migrate.ts';
import { startKillablePostgres } from '../../chaos/killable-postgres.ts';
import { run } from '../../support/database-server.ts';
import { startHangingLine } from '../../support/hanging-line.ts';
import { startSmsc } from '../../support/smsc.ts';
import { createHarness } from './notify-harness.ts';

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean();
});

it('writes a provider’s yes down when PostgreSQL is back, and does not send again', async () => {
  const harness = await createHarness();
  cleanUp.push(() => harness.close());
  await harness.person([{ channel: 'app' }]);
  const { adminUrl } = inject('testDatabaseServer');
  const database = new URL(harness.database.connectionString).pathname.slice(1);
  const logged = new Set<unknown>();
  const log = (line: string) => void logged.add((JSON.parse(line) as { msg: string }).msg);
  let sent = 0;
  await harness.start({
    logger: pino({ level: 'warn' }, { write: log }),
    publish: async () => {
      sent += 1;
      await run(adminUrl, `alter database ${database} with allow_connections false`);
      await run(
        adminUrl,
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}'`,
      );
    },
  });
  const { alert } = await harness.openIncident();
  await vi.waitFor(() => expect(logged).toContain('outcome not stored yet'), { timeout: 10_000 });
  await run(adminUrl, `alter database ${database} with allow_connections true`);
  const [row] = await harness.expectStatuses(alert.incidentId, ['submitted']);
  expect(row?.outcomes).toEqual(['submitted']);
  expect(sent).toBe(1);
});

it('gives a worker time to write its outcome after PostgreSQL was killed and is back', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'fengsui-test-'));
  cleanUp.push(() => rm(dataDir, { recursive: true, force: true }));
  await chmod(dataDir, 0o755);
  const logger = pino({ level: 'silent' });
  const postgres = await startKillablePostgres(dataDir);
  cleanUp.push(() => postgres.stop());
  const { connectionString } = postgres;
  await migrate(connectionString, logger, { queue: true });
  const pool = createPool({ connectionString, name: 'test', logger });
  const harness = await createHarness({ connectionString, pool, drop: () => pool.end() });
  cleanUp.push(() => harness.close());

  await harness.person([{ channel: 'app' }]);
  const { alert } = await harness.openIncident();
  await pool.query(
    `update notification set status = 'sending', attempts = 1, claimed_until = now()`,
  );
  await postgres.kill();
  await postgres.restart();
  let sentAt = 0;
  await vi.waitFor(() => pool.query('select'));
  await harness.start({
    publish: async () => {
      sentAt = Date.now();
    },
  });
  await harness.expectStatuses(alert.incidentId, ['submitted']);
  const { rows } = await pool.query<{ at: Date }>('select pg_postmaster_start_time() as at');
  expect(sentAt - (rows[0]?.at.getTime() ?? 0)).toBeGreaterThanOrEqual(3_000);
});

it.each(['read-candidates', 'claim-notifications', 'record-submitted'])(
  'goes on sending though a connection hangs in the middle of %s',
  async (statement) => {
    const harness = await createHarness();
    cleanUp.push(() => harness.close());
    const line = await startHangingLine(harness.database.connectionString);
    cleanUp.push(() => line.stop());
    const { connectionString } = line;
    const logger = pino({ level: 'silent' });
    const hurry = { queryTimeoutMs: 500, logger };
    const pool = createPool({ connectionString, name: 'notify', ...NOTIFY_POOL, ...hurry });
    const sending = createPool({ connectionString, name: 'sending', ...SENDING_POOL, ...hurry });
    cleanUp.push(
      () => Promise.all([pool.end(), sending.end()]),
      () => harness.stopAll(),
    );
    const smsc = await startSmsc();
    cleanUp.push(() => smsc.stop());
    await harness.start({ pool, sending, channels: { sms: [{ smpp: { url: smsc.url } }] } });

    line.hangOn(statement);
    const ids: string[] = [];
    for (const n of [1, 2, 3, 4, 5]) {
      const address = `+861380000000${String(n)}`;
      const { id: personId } = await harness.person([{ channel: 'sms', address }]);
      ids.push(await harness.queueSms(address, 'x', { personId }));
    }
    for (const id of ids) await harness.expectStatus(id, 'submitted');
    expect(line.hanging()).toBe(1);
  },
);
