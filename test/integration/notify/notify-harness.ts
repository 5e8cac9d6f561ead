import type { PoolClient } from 'pg';
import { pino } from 'pino';
import { vi } from 'vitest';
import { actOnIncident, type IncidentAction } from '../../../src/incidents/index.ts';
import type { Seen } from '../../../src/notify/candidate-store.ts';
import type { InboundSms } from '../../../src/notify/channels/inbound-sms.ts';
import {
  alertIncident,
  createEscalator,
  createNotify,
  createReceiptBook,
  createReplyDesk,
  type IncidentAlert,
  type NotifyDeps,
  SENDING_POOL,
  setUpChannels,
  stopEscalation,
} from '../../../src/notify/index.ts';
import type { SetUpChannels } from '../../../src/notify/plan-notifications.ts';
import type { ReceiptBook } from '../../../src/notify/receipt-book.ts';
import { createRegionLookup } from '../../../src/people/index.ts';
import type { NewContact, Person } from '../../../src/people/person.ts';
import { createPerson } from '../../../src/people/write-person.ts';
import { type Clock, systemClock } from '../../../src/shared/clock.ts';
import { createPool, withTransaction } from '../../../src/shared/db.ts';
import { newId } from '../../../src/shared/ids.ts';
import { createListener } from '../../../src/shared/listener.ts';
import type { Policy } from '../../../src/shared/policy.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { givenCamera } from '../../support/fixtures.ts';

/** Retries within a second, and gives up after five attempts. */
export const NOTIFY_CONFIG = {
  smsSignature: '【烽燧】',
  maxAttempts: 5,
  retryBaseMs: 100,
  retryMaxMs: 400,
};

/** Test servers are there. */
export const LOOPBACK = ['127.0.0.1/32'];

/** The default region alone, messages for China. */
const WORDING = {
  regions: createRegionLookup([]),
  smsSignature: NOTIFY_CONFIG.smsSignature,
  timeZone: 'Asia/Shanghai',
  setUp: setUpChannels({}),
};

const onTakenOver = (tx: PoolClient, incidentId: string, now: Date): Promise<void> =>
  stopEscalation(tx, { incidentId, smsSignature: NOTIFY_CONFIG.smsSignature, now });

const logger = pino({ level: process.env['TEST_LOG'] ?? 'silent' });

export type Row = {
  id: string;
  channel: string;
  status: string;
  attempts: number;
  last_error: string | null;
  text: string;
  outcomes: (string | null)[];
};

/** A database with people in it, and the sending side started against it. */
export const createHarness = async (given?: TestDatabase) => {
  const database: TestDatabase = given ?? (await createTestDatabase());
  const { pool, connectionString } = database;
  await givenCamera(pool, 'cam-1');
  const listener = createListener(connectionString, logger);
  await listener.start();
  const sending = createPool({ connectionString, name: 'sending', ...SENDING_POOL, logger });
  const running = new Set<{ stop(): Promise<void> }>();
  const givenUp: Record<string, unknown>[] = [];
  const delays: number[] = [];
  let sequence = 0;

  return {
    database,
    pool,
    sending,
    givenUp,
    delays,

    person: async (contacts: NewContact[], roles: Person['roles'] = ['duty_officer']) => {
      const body = { name: '李明', roles, regionIds: [], contacts };
      const deps = { pool, defaultLocale: 'zh-CN', allow: LOOPBACK } as const;
      return (await createPerson(deps, body)).person;
    },

    /** An incident and its notifications, in one transaction, as the alarm path does it. */
    openIncident: async (
      steps: Policy['steps'] = [
        { afterS: 0, to: [{ onDuty: true }], channels: ['sms', 'app', 'webhook'] },
      ],
      {
        clock = systemClock,
        regionId = 'default',
        setUp = WORDING.setUp,
      }: { clock?: Clock; regionId?: string; setUp?: SetUpChannels } = {},
    ) => {
      const now = clock.now();
      const incidentId = newId();
      sequence += 1;
      const alert: IncidentAlert = {
        incidentId,
        number: `AR-20261102-${String(sequence).padStart(3, '0')}`,
        kind: 'smoke',
        severity: 'moderate',
        level: 'review',
        regionId,
        fix: {
          lon: 113.26944,
          lat: 26.70912,
          method: 'reported',
          ellipse: { semiMajorM: 200, semiMinorM: 200, orientationDeg: 0 },
        },
        sourceName: '云台山3号',
        observedAt: now,
        receivedAt: now,
      };
      const written = await withTransaction(pool, async (tx) => {
        await tx.query(
          `insert into incident (id, number, status, confidence, severity, region_id, lon, lat, fix, detection_count,
             source_ids, opened_at, updated_at, last_observed_at, last_received_at, anchor_device_id, alert_level)
           values ($1, $2, 'reported', 0.9, 'moderate', $7, $3, $4, $5, 1, '{cam-1}', $6, $6, $6, $6, 'cam-1', 'review')`,
          [
            incidentId,
            alert.number,
            alert.fix.lon,
            alert.fix.lat,
            JSON.stringify(alert.fix),
            now,
            regionId,
          ],
        );
        const policies = [{ id: 'default', name: 'default', regionIds: [], steps }];
        return alertIncident(tx, {
          ...WORDING,
          setUp,
          alert,
          policies,
          taken: false,
          round: 0,
          now,
        });
      });
      return { alert, written };
    },

    /** The same incident has become a strong alarm, or has moved. */
    alertAgain: (alert: IncidentAlert, round: number, clock: Clock = systemClock) =>
      withTransaction(pool, (tx) =>
        alertIncident(tx, {
          ...WORDING,
          alert,
          policies: [],
          taken: false,
          round,
          now: clock.now(),
        }),
      ),

    act: (
      incidentId: string,
      action: IncidentAction,
      { actor = 'user:admin', now = new Date() }: { actor?: string; now?: Date } = {},
    ) => actOnIncident({ pool, onTakenOver }, { incidentId, action, actor, now, reason: 'mist' }),

    acknowledge: (incidentId: string) =>
      actOnIncident(
        { pool, onTakenOver },
        { incidentId, action: 'acknowledge', actor: 'user:admin', now: new Date() },
      ),

    /** Keeps and acts on what people write, as the notify role does; `onSms` goes to `start`. */
    startReplies: async (clock: Clock = systemClock) => {
      const outcomes: string[] = [];
      const desk = createReplyDesk({
        pool,
        onTakenOver,
        smsSignature: NOTIFY_CONFIG.smsSignature,
        setUp: WORDING.setUp,
        clock,
        logger,
        onReply: (outcome) => outcomes.push(outcome),
      });
      await desk.start();
      running.add(desk);
      return { outcomes, onSms: (sms: InboundSms) => desk.received(sms) };
    },

    /** Carries out the steps of policies, as the notify role does. */
    startEscalator: async (clock: Clock = systemClock, pollMs = 25) => {
      const late: number[] = [];
      const escalator = createEscalator({
        ...WORDING,
        pool,
        clock,
        logger,
        pollMs,
        onFired: (ms) => late.push(ms),
      });
      await escalator.start();
      running.add(escalator);
      const stop = async (): Promise<void> => {
        if (running.delete(escalator)) await escalator.stop();
      };
      return { late, stop };
    },

    receiptBook: (changes: Partial<Parameters<typeof createReceiptBook>[0]> = {}): ReceiptBook =>
      createReceiptBook({
        pool,
        maxAttempts: 5,
        onGivenUp: async () => undefined,
        fallBack: async () => undefined,
        onFailed: () => undefined,
        clock: systemClock,
        logger,
        ...changes,
      }),

    start: async (options: Partial<NotifyDeps> = {}) => {
      const notify = createNotify({
        pool,
        sending,
        connectionString,
        redisUrl: undefined,
        webhookSecret: undefined,
        config: NOTIFY_CONFIG,
        regions: WORDING.regions,
        timeZone: WORDING.timeZone,
        listener,
        publish: async () => undefined,
        onGivenUp: async (_tx, { data }) => {
          givenUp.push(data);
        },
        onSms: async () => undefined,
        metrics: { submitted: (delayMs) => delays.push(delayMs), failed: () => undefined },
        clock: systemClock,
        logger,
        ...options,
        channels: { webhook: { allow: LOOPBACK }, ...options.channels },
        tuning: { leaseMs: 1_000, sweepMs: 100, ...options.tuning },
      });
      await notify.start();
      running.add(notify);
      return {
        ...notify,
        async stop() {
          running.delete(notify);
          await notify.stop();
        },
      };
    },

    /** A notification of its own, whatever it says; resolves with its id. */
    queueSms: async (
      address: string,
      text: string,
      more: {
        payload?: Record<string, unknown>;
        locale?: 'zh-CN' | 'en';
        channel?: 'sms' | 'voice' | 'email';
        /** Somebody, unless given. */
        personId?: string;
      } = {},
    ): Promise<string> => {
      const id = newId();
      const { rows } = await pool.query<{ id: string }>(
        'select id from person order by id limit 1',
      );
      const now = new Date();
      await pool.query(
        `with opened as (
           insert into incident (id, number, status, confidence, severity, region_id, lon, lat, fix, detection_count,
             source_ids, opened_at, updated_at, last_observed_at, last_received_at, anchor_device_id, alert_level)
           values ($9::uuid, $9::text, 'reported', 0.9, 'moderate', 'default', 0, 0, '{}', 1, '{cam-1}', $8, $8, $8, $8, 'cam-1', 'review')
           returning id)
         insert into notification (id, incident_id, kind, step, occurrence, round, person_id, channel, address, locale,
           text, payload, created_at, due_at)
         select $1, opened.id, 'alert', 0, 0, 0, $2, $3, $4, $5, $6, $7, $8, $8 from opened`,
        [
          id,
          more.personId ?? rows[0]?.id,
          more.channel ?? 'sms',
          address,
          more.locale ?? 'zh-CN',
          text,
          JSON.stringify(more.payload ?? { type: 'alert' }),
          now,
          newId(),
        ],
      );
      return id;
    },

    /** Notifications as a worker sees them that is about to claim them. */
    see: async (ids: readonly string[]): Promise<Seen[]> => {
      const { rows } = await pool.query<Seen>(
        'select id, attempts, status from notification where id = any($1) order by id',
        [ids],
      );
      return rows;
    },

    /** Waits until a notification has a status; resolves with it as it is then. */
    expectStatus: (id: string, status: string): Promise<Omit<Row, 'channel'>> =>
      vi.waitFor(
        async () => {
          const { rows } = await pool.query<Omit<Row, 'channel'>>(
            `select n.id, n.status, n.attempts, n.last_error, n.text,
               array(select a.outcome from delivery_attempt a where a.notification_id = n.id order by a.attempt) as outcomes
             from notification n where n.id = $1`,
            [id],
          );
          const [row] = rows;
          if (row?.status !== status) throw new Error(`not ${status}: ${JSON.stringify(row)}`);
          return row;
        },
        { timeout: 20_000, interval: 25 },
      ),

    rows: async (incidentId: string): Promise<Row[]> => {
      const { rows } = await pool.query<Row>(
        `select n.id, n.channel, n.status, n.attempts, n.last_error, n.text,
           array(select a.outcome from delivery_attempt a where a.notification_id = n.id order by a.attempt) as outcomes
         from notification n where n.incident_id = $1 order by n.kind, n.round, n.step, n.occurrence, n.channel`,
        [incidentId],
      );
      return rows;
    },

    /** Waits until the incident's notifications have these statuses, in order of step and channel. */
    async expectStatuses(incidentId: string, statuses: string[]): Promise<Row[]> {
      return vi.waitFor(
        async () => {
          const rows = await this.rows(incidentId);
          const found = rows.map((row) => row.status);
          if (found.join() !== statuses.join()) {
            throw new Error(`statuses are ${found.join()}: ${JSON.stringify(rows, undefined, 1)}`);
          }
          return rows;
        },
        { timeout: 20_000, interval: 25 },
      );
    },

    stopAll: async () => {
      for (const notify of running) await notify.stop();
      running.clear();
    },
    close: async () => {
      for (const notify of running) await notify.stop();
      await listener.stop();
      await sending.end();
      await database.drop();
    },
  };
};
