import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { listEvents, lockIncidents } from '../../../src/incidents/index.ts';
import type { Person } from '../../../src/people/person.ts';
import { insertShift } from '../../../src/people/shift-store.ts';
import { withTransaction } from '../../../src/shared/db.ts';
import { newId } from '../../../src/shared/ids.ts';
import type { Policy } from '../../../src/shared/policy.ts';
import { createHarness } from './notify-harness.ts';

/** The default of config/county.json, with persons for what a region would say. */
const FOUR_STEPS = (chief: Person, head: Person): Policy['steps'] => [
  { afterS: 0, to: [{ onDuty: true }], channels: ['app', 'sms'] },
  { afterS: 60, to: [{ onDuty: true }], channels: ['voice', 'sms'] },
  { afterS: 120, to: [{ personId: chief.id }], channels: ['sms'] },
  { afterS: 300, to: [{ personId: head.id }, { onDuty: true }], channels: ['sms'] },
];

describe('escalation', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;
  let officer: Person;
  let chief: Person;
  let head: Person;
  let now: Date;
  const clock = { now: () => now };
  const advance = (seconds: number): void => {
    now = new Date(now.getTime() + seconds * 1000);
  };

  beforeAll(async () => {
    harness = await createHarness();
    officer = await harness.person([
      { channel: 'sms', address: '13800000001' },
      { channel: 'app' },
    ]);
    chief = await harness.person([{ channel: 'sms', address: '13800000002' }], ['dispatcher']);
    head = await harness.person([{ channel: 'sms', address: '13800000003' }], ['viewer']);
  });
  afterAll(() => harness.close());
  beforeEach(() => {
    now = new Date();
  });
  afterEach(async () => {
    await harness.stopAll();
    await harness.pool.query('delete from shift');
    // What a test left open would go on under the clock of the next.
    await harness.pool.query(
      `update incident set status = 'acknowledged' where status = 'reported'`,
    );
    await harness.pool.query(
      `update incident_escalation set stopped_at = now(), stopped_reason = 'test', next_escalation_at = null
       where stopped_at is null`,
    );
  });

  /** Who was told what, in the order of the steps. */
  const told = async (incidentId: string): Promise<string[]> => {
    const { rows } = await harness.pool.query<{ told: string }>(
      `select kind || ' ' || step || '.' || occurrence || ' r' || round || ' ' || person_id || ' ' || channel as told
       from notification where incident_id = $1 order by created_at, kind, step, occurrence, channel, person_id`,
      [incidentId],
    );
    const names = new Map([
      [officer.id, 'officer'],
      [chief.id, 'chief'],
      [head.id, 'head'],
    ]);
    return rows.map((row) => row.told.replace(/p-\w+/, (id) => names.get(id) ?? 'other'));
  };
  const expectTold = (incidentId: string, rows: string[]) =>
    vi.waitFor(async () => expect(await told(incidentId)).toEqual(rows), { timeout: 10_000 });
  const escalationOf = async (incidentId: string) => {
    const { rows } = await harness.pool.query<{
      fired: number;
      next: Date | null;
      stopped_reason: string | null;
      code: string;
    }>(
      `select fired, next_escalation_at as next, stopped_reason, code from incident_escalation where incident_id = $1`,
      [incidentId],
    );
    return rows[0];
  };
  const markSent = (incidentId: string) =>
    harness.pool.query(
      `update notification set status = 'submitted', submitted_at = now() where incident_id = $1`,
      [incidentId],
    );
  /** The escalator has looked at the clock since it was set. */
  const settled = async (): Promise<void> => {
    const { alert } = await harness.openIncident(
      [
        { afterS: 0, to: [{ personId: head.id }], channels: ['sms'] },
        { afterS: 1, to: [{ personId: head.id }], channels: ['sms'] },
      ],
      { clock: { now: () => new Date(now.getTime() - 2_000) } },
    );
    await vi.waitFor(async () => expect((await escalationOf(alert.incidentId))?.fired).toBe(2), {
      timeout: 10_000,
    });
    await harness.act(alert.incidentId, 'dismiss');
  };

  const FIRST = ['alert 0.0 r0 officer app', 'alert 0.0 r0 officer sms'];
  const SECOND = ['alert 1.0 r0 officer sms'];
  const THIRD = ['alert 2.0 r0 chief sms'];

  it('climbs through four steps in silence, and tells each why', async () => {
    const { alert, written } = await harness.openIncident(FOUR_STEPS(chief, head), { clock });
    await harness.startEscalator(clock);
    expect(written).toMatchObject({ fired: 1, nextAt: new Date(now.getTime() + 60_000).toJSON() });
    const { incidentId } = alert;
    await expectTold(incidentId, FIRST);
    advance(59.9);
    await settled();
    expect(await told(incidentId)).toEqual(FIRST);
    advance(0.2);
    await expectTold(incidentId, [...FIRST, ...SECOND]);
    advance(60);
    await expectTold(incidentId, [...FIRST, ...SECOND, ...THIRD]);
    advance(180);
    const all = [
      ...FIRST,
      ...SECOND,
      ...THIRD,
      'alert 3.0 r0 head sms',
      'alert 3.0 r0 officer sms',
    ];
    await vi.waitFor(async () =>
      expect((await told(incidentId)).toSorted()).toEqual(all.toSorted()),
    );
    expect(await escalationOf(incidentId)).toMatchObject({ fired: 4, next: null });
    advance(86_400);
    await settled();
    expect(await told(incidentId)).toHaveLength(all.length);

    const rows = await harness.rows(incidentId);
    const code = (await escalationOf(incidentId))?.code ?? 'none';
    const sms = rows.filter((row) => row.channel === 'sms').map((row) => row.text);
    expect(sms[0]).toContain(`【烽燧】疑似火情${alert.number}`);
    expect(sms[0]).toContain(`回复1接警、2误报、0不能到（编号${code}）`);
    expect(sms.slice(1).every((text) => text.startsWith('【烽燧】无人接警，疑似火情'))).toBe(true);
    const events = await listEvents(harness.pool, { incidentId, limit: 100 });
    expect(events.map(({ type, data }) => [type, data['step']])).toEqual([
      ['escalated', 1],
      ['escalated', 2],
      ['escalated', 3],
    ]);
  });

  it('asks who is on duty when the step fires, not when the fire was seen', async () => {
    const { alert } = await harness.openIncident(
      [
        { afterS: 0, to: [{ personId: chief.id }], channels: ['sms'] },
        { afterS: 60, to: [{ onDuty: true }], channels: ['sms'] },
      ],
      { clock },
    );
    const shift = { id: newId(), personId: head.id, regionId: 'default' };
    const from = new Date(now.getTime() + 30_000);
    await insertShift(harness.pool, { ...shift, from, to: new Date(from.getTime() + 60_000) });
    await harness.startEscalator(clock);
    advance(60);
    await vi.waitFor(async () =>
      expect(await told(alert.incidentId)).toEqual([
        'alert 0.0 r0 chief sms',
        'alert 1.0 r0 head sms',
      ]),
    );
  });

  it.each(['acknowledge', 'verify', 'dispatch', 'dismiss'] as const)(
    'stops when somebody does %s, and tells those who were told, not the one who did',
    async (action) => {
      const { alert } = await harness.openIncident(FOUR_STEPS(chief, head), { clock });
      const { incidentId } = alert;
      await markSent(incidentId);
      const escalator = await harness.startEscalator(clock);
      advance(60);
      await expectTold(incidentId, [...FIRST, ...SECOND]);
      advance(1);
      await harness.act(incidentId, action, { actor: `person:${chief.id}`, now });
      const after = [...FIRST, ...SECOND, 'taken_over 0.0 r0 officer app'];
      expect(await told(incidentId)).toEqual(after);
      advance(3600);
      await settled();
      expect(await told(incidentId)).toEqual(after);
      expect(await escalationOf(incidentId)).toMatchObject({ fired: 2, next: null });
      await escalator.stop();
      const rows = await harness.rows(incidentId);
      // What was written and not sent is not sent; what is over by then is told once.
      expect(rows.map((row) => row.status).toSorted()).toEqual([
        'cancelled',
        'queued',
        'submitted',
        'submitted',
      ]);
      expect(rows.find((row) => row.status === 'queued')?.text).toMatch(
        { acknowledge: /接警/, verify: /核实/, dispatch: /调度/, dismiss: /误报/ }[action],
      );
    },
  );

  it('tells by SMS who has it only those who want that, and nobody what he did himself', async () => {
    const steps = FOUR_STEPS(chief, head);
    await harness.pool.query(`update person set taken_over_channels = '{app,sms}' where id = $1`, [
      officer.id,
    ]);
    const { alert: first } = await harness.openIncident(steps, { clock });
    await markSent(first.incidentId);
    await harness.act(first.incidentId, 'acknowledge', { actor: 'user:control-room', now });
    expect((await told(first.incidentId)).slice(2)).toEqual([
      'taken_over 0.0 r0 officer app',
      'taken_over 0.0 r0 officer sms',
    ]);
    const rows = await harness.rows(first.incidentId);
    expect(rows.at(-1)?.text).toBe(`【烽燧】火情${first.number}已由control-room接警。`);
    const { alert: own } = await harness.openIncident(steps, { clock });
    await markSent(own.incidentId);
    await harness.act(own.incidentId, 'acknowledge', { actor: `person:${officer.id}`, now });
    await harness.act(own.incidentId, 'verify', { actor: 'user:admin', now });
    expect(await told(own.incidentId)).toEqual(FIRST);
    await harness.pool.query(`update person set taken_over_channels = '{app}' where id = $1`, [
      officer.id,
    ]);
  });

  it('sends what has become strong once, and restarts nothing', async () => {
    const { alert } = await harness.openIncident(FOUR_STEPS(chief, head), { clock });
    await harness.startEscalator(clock);
    advance(120);
    await vi.waitFor(async () =>
      expect(await escalationOf(alert.incidentId)).toMatchObject({ fired: 2 }),
    );
    advance(10);
    await vi.waitFor(async () =>
      expect(await escalationOf(alert.incidentId)).toMatchObject({ fired: 3 }),
    );
    const before = await escalationOf(alert.incidentId);
    await harness.alertAgain({ ...alert, level: 'strong' }, 1, clock);
    await harness.alertAgain({ ...alert, level: 'strong' }, 1, clock);
    expect((await told(alert.incidentId)).filter((row) => row.includes('r1')).toSorted()).toEqual([
      'alert 0.0 r1 officer app',
      'alert 0.0 r1 officer sms',
      'alert 2.0 r1 chief sms',
    ]);
    expect(await escalationOf(alert.incidentId)).toEqual(before);
  });

  it('makes each step once though three escalators work and die at it', async () => {
    const incidents = await Promise.all(
      Array.from({ length: 20 }, () => harness.openIncident(FOUR_STEPS(chief, head), { clock })),
    );
    let escalators = await Promise.all([1, 2, 3].map(() => harness.startEscalator(clock, 5)));
    for (const seconds of [60, 60, 180]) {
      advance(seconds);
      await settled();
      // Between the steps the service is restarted.
      for (const escalator of escalators) await escalator.stop();
      escalators = await Promise.all([1, 2, 3].map(() => harness.startEscalator(clock, 5)));
    }
    // Those that a restart has made late are still on their way, ten seconds between the steps.
    for (const seconds of [10, 10]) {
      advance(seconds);
      await settled();
    }
    for (const { alert } of incidents) {
      await vi.waitFor(async () =>
        expect(await escalationOf(alert.incidentId)).toMatchObject({ fired: 4, next: null }),
      );
      expect(await told(alert.incidentId)).toHaveLength(6);
      const events = await listEvents(harness.pool, { incidentId: alert.incidentId, limit: 100 });
      expect(events.map(({ data }) => data['step'])).toEqual([1, 2, 3]);
    }
  });

  it('writes nothing of a step when its transaction fails, and makes it then', async () => {
    const { alert } = await harness.openIncident(FOUR_STEPS(chief, head), { clock });
    await harness.pool.query(
      `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'disk full'; end $$;
       create trigger refuse before update on incident_escalation for each row execute function refuse()`,
    );
    await harness.startEscalator(clock);
    advance(60);
    const until = Date.now() + 300;
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(until));
    expect(await told(alert.incidentId)).toEqual(FIRST);
    await harness.pool.query('drop trigger refuse on incident_escalation');
    await expectTold(alert.incidentId, [...FIRST, ...SECOND]);
  });

  it('comes with every step, one after the other, when the clock is put forward an hour', async () => {
    const { alert } = await harness.openIncident(FOUR_STEPS(chief, head), { clock });
    await harness.startEscalator(clock);
    advance(3600);
    await expectTold(alert.incidentId, [...FIRST, ...SECOND]);
    await settled();
    expect((await escalationOf(alert.incidentId))?.fired).toBe(2);
    advance(10);
    await expectTold(alert.incidentId, [...FIRST, ...SECOND, ...THIRD]);
  });

  it('is at most one gap late when the clock is put back an hour, and what is written still goes out', async () => {
    await harness.start();
    const { alert } = await harness.openIncident(FOUR_STEPS(chief, head), { clock });
    await harness.startEscalator(clock);
    advance(30);
    await settled();
    advance(-3600);
    await vi.waitFor(async () => {
      const next = (await escalationOf(alert.incidentId))?.next?.getTime() ?? 0;
      expect(next).toBeLessThanOrEqual(now.getTime() + 60_000);
    });
    advance(60);
    await expectTold(alert.incidentId, [...SECOND, ...FIRST]);
  });

  it('goes on when a merge is undone, and not when the incident is over in another way', async () => {
    const { alert } = await harness.openIncident(FOUR_STEPS(chief, head), { clock });
    const { alert: into } = await harness.openIncident(FOUR_STEPS(chief, head), { clock });
    await harness.startEscalator(clock);
    const set = (status: string, intoId: string | null) =>
      withTransaction(harness.pool, async (tx) => {
        await lockIncidents(tx);
        await tx.query('update incident set status = $2, merged_into_id = $3 where id = $1', [
          alert.incidentId,
          status,
          intoId,
        ]);
      });
    await set('merged', into.incidentId);
    advance(60);
    await vi.waitFor(async () =>
      expect((await escalationOf(alert.incidentId))?.stopped_reason).toBe('merged'),
    );
    expect(await told(alert.incidentId)).toEqual(FIRST);
    await set('reported', null);
    await vi.waitFor(async () =>
      expect((await escalationOf(alert.incidentId))?.stopped_reason).toBeNull(),
    );
    advance(60);
    await expectTold(alert.incidentId, [...FIRST, ...SECOND]);
  });

  it('finds whoever there is when a step names somebody who cannot be told', async () => {
    const lost = await harness.person([], ['viewer']);
    const { written } = await harness.openIncident(
      [{ afterS: 0, to: [{ personId: lost.id }], channels: ['sms'] }],
      { clock },
    );
    expect(written).toMatchObject({ dutyLevel: 'any_duty_officer', unreachable: [lost.id] });
    expect(written.notifications.map(({ personId }) => personId)).toEqual([officer.id]);
  });
});
