import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { listEvents } from '../../../src/incidents/index.ts';
import { auditEscalations } from '../../../src/notify/audit/auditor.ts';
import { createWatch, setUpChannels } from '../../../src/notify/index.ts';
import type { Policy } from '../../../src/shared/policy.ts';
import { createHarness } from './notify-harness.ts';

const STEPS: Policy['steps'] = [0, 60, 120].map((afterS) => ({
  afterS,
  to: [{ onDuty: true }],
  channels: ['sms'],
}));

describe('the auditor', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;
  let now: Date;
  let stuck: number[];
  const clock = { now: () => now };
  const advance = (seconds: number): void => {
    now = new Date(now.getTime() + seconds * 1000);
  };
  const deps = () => ({
    pool: harness.pool,
    smsSignature: '【烽燧】',
    setUp: setUpChannels({}),
    clock,
    logger: pino({ level: 'silent' }),
    onAudit: (count: number) => void stuck.push(count),
  });
  const audit = () => auditEscalations(deps());
  const alarms = async (incidentId: string) => {
    const { rows } = await harness.pool.query<{ text: string; status: string }>(
      `select text, status from notification where incident_id = $1 and kind = 'audit'`,
      [incidentId],
    );
    return rows;
  };
  /** The alarm hook writes this event; the harness opens incidents without it. */
  const open = async (steps = STEPS) => {
    const { alert, written } = await harness.openIncident(steps, { clock });
    await harness.pool.query(
      `insert into incident_event (incident_id, type, actor, at, data) values ($1, 'notified', 'system', $2, $3)`,
      [alert.incidentId, now, JSON.stringify({ ...written, step: 0, occurrence: 0 })],
    );
    return alert;
  };

  beforeAll(async () => {
    harness = await createHarness();
    await harness.person([{ channel: 'sms', address: '13800000001' }]);
    await harness.person([{ channel: 'sms', address: '13800000009' }], ['admin']);
    await harness.pool.query(
      `update app_setting set value = '"2000-01-01T00:00:00Z"' where key = 'escalation_since'`,
    );
  });
  afterAll(() => harness.close());
  beforeEach(() => {
    now = new Date();
    stuck = [];
  });
  afterEach(async () => {
    await harness.stopAll();
    await harness.pool.query(
      `update incident set status = 'acknowledged' where status = 'reported'`,
    );
    await harness.pool.query(
      `update incident_escalation set stopped_at = now(), stopped_reason = 'test', next_escalation_at = null
       where stopped_at is null`,
    );
  });

  it('finds nothing wrong with what moves as its policy says', async () => {
    const { incidentId } = await open();
    await harness.startEscalator(clock);
    for (const fired of [1, 2, 3]) {
      await vi.waitFor(async () => {
        const { rows } = await harness.pool.query<{ fired: number }>(
          'select fired from incident_escalation where incident_id = $1',
          [incidentId],
        );
        expect(rows[0]?.fired).toBe(fired);
      });
      advance(59);
      expect(await audit()).toBe(0);
      advance(1);
    }
    advance(86_400);
    expect(await audit()).toBe(0);
    expect(await alarms(incidentId)).toEqual([]);
  });

  it('raises an alarm of its own, once, when the escalator does not work', async () => {
    const { incidentId, number } = await open();
    advance(119);
    expect(await audit()).toBe(0);
    advance(2);
    expect(await audit()).toBe(1);
    expect(await audit()).toBe(1);
    expect(stuck).toEqual([0, 1, 1]);
    expect(await alarms(incidentId)).toEqual([
      {
        text: `【烽燧】系统告警：火情${number}未按预案通知，请立即人工通知值班人员。`,
        status: 'queued',
      },
    ]);
    const events = await listEvents(harness.pool, { incidentId, limit: 10 });
    expect(events.filter(({ type }) => type === 'escalation_stuck')).toMatchObject([
      { data: { fault: '1 of 2 steps were made by now' } },
    ]);
    await harness.acknowledge(incidentId);
    expect(await audit()).toBe(0);
    expect(await alarms(incidentId)).toMatchObject([{ status: 'cancelled' }]);
  });

  it('is not deceived by an escalator that only says it has done its work', async () => {
    const { incidentId } = await open();
    await harness.pool.query(
      `update incident_escalation set fired = 3, next_escalation_at = null, last_fired_at = $2 where incident_id = $1`,
      [incidentId, new Date(now.getTime() + 120_000)],
    );
    advance(200);
    expect(await audit()).toBe(1);
  });

  it('leaves one alone that catches up after a time of nothing', async () => {
    const { incidentId } = await open();
    advance(3600);
    await harness.startEscalator(clock);
    await vi.waitFor(async () => {
      const events = await listEvents(harness.pool, { incidentId, limit: 10 });
      expect(events.at(-1)?.type).toBe('escalated');
    });
    expect(await audit()).toBe(0);
  });

  it('finds an open incident with no policy under way, or a stopped one', async () => {
    const { incidentId: without } = await open();
    const { incidentId: stopped } = await open();
    await harness.pool.query('delete from incident_escalation where incident_id = $1', [without]);
    await harness.pool.query(
      `update incident_escalation set stopped_at = $2, stopped_reason = 'a mistake', next_escalation_at = null
       where incident_id = $1`,
      [stopped, now],
    );
    expect(await audit()).toBe(0);
    advance(61);
    expect(await audit()).toBe(2);
  });

  it('says so in the log and the metric though nobody can be told', async () => {
    await open();
    advance(121);
    const client = await harness.pool.connect();
    try {
      // Somebody holds all incidents and does not let go.
      await client.query('begin');
      await client.query('select pg_advisory_xact_lock(71301)');
      expect(await audit()).toBe(1);
      expect(stuck).toEqual([1]);
    } finally {
      await client.query('rollback');
      client.release();
    }
    expect(await audit()).toBe(1);
  });

  describe('with a heartbeat', () => {
    let server: Server;
    let url: string;
    let beats: string[];
    let answer: number;
    let outcomes: string[];
    let troubles: string[];
    beforeEach(async () => {
      [beats, answer, outcomes, troubles] = [[], 204, [], []];
      server = createServer((request, response) => {
        beats.push(`${request.method ?? ''} ${request.url ?? ''}`);
        response.writeHead(answer).end();
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/beat`;
    });
    afterEach(() => void server.close());
    const watch = async (over: { pool?: typeof harness.pool } = {}) => {
      const startedAt = Date.now();
      const part = createWatch({
        ...deps(),
        // It looks by the clock: this one goes on by itself.
        clock: { now: () => new Date(now.getTime() + Date.now() - startedAt) },
        ...over,
        heartbeatUrl: url,
        troubles: () => troubles,
        onHeartbeat: (outcome) => void outcomes.push(outcome),
        everyMs: 20,
      });
      await part.start();
      return part;
    };
    const seen = (outcome: string) =>
      vi.waitFor(() => expect(outcomes.at(-1)).toBe(outcome), { timeout: 10_000 });

    it('posts while all is well, and not while anything is wrong', async () => {
      const part = await watch();
      await seen('sent');
      expect(beats[0]).toBe('POST /beat');
      troubles = ['sms: connection closed'];
      await seen('withheld');
      const before = beats.length;
      outcomes.length = 0;
      await vi.waitFor(() => expect(outcomes.length).toBeGreaterThan(3));
      expect(beats).toHaveLength(before);
      troubles = [];
      await seen('sent');
      await open();
      advance(121);
      await seen('withheld');
      await part.stop();
    });

    it('goes on when the watcher refuses', async () => {
      answer = 500;
      const part = await watch();
      await seen('failed');
      answer = 200;
      await seen('sent');
      await part.stop();
      expect(outcomes).toContain('failed');
    });
  });
});
