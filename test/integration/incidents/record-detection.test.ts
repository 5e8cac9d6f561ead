import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  actOnIncident,
  type IncidentDeps,
  listDetections,
  listEvents,
  recordDetection,
} from '../../../src/incidents/index.ts';
import { type Fix, geodesicDirect, type LonLat } from '../../../src/shared/geo.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { givenCamera, incidentDeps, locatedDetection, TOWER } from '../../support/fixtures.ts';
import { closeIncidents, incidentOf } from './incident-harness.ts';

let db: TestDatabase;
let alerts: { number: string; reason: string }[] = [];
const now = new Date('2026-04-05T20:30:00Z'); // 04:30 on the 6th in Shanghai

beforeAll(async () => {
  db = await createTestDatabase();
  for (const id of ['cam-1', 'cam-2', 'cam-3']) await givenCamera(db.pool, id);
  await db.pool.query(
    `insert into region (id, name, level, code) values ('r1', 'North', 'township', '431028101')`,
  );
});
afterAll(() => db.drop());
beforeEach(async () => {
  alerts = [];
  await closeIncidents(db.pool);
});

const deps = (over: Partial<IncidentDeps> = {}): IncidentDeps =>
  incidentDeps(db.pool, {
    regionAt: ([, lat]: LonLat) =>
      lat > 26.75 ? { id: 'r1', code: '431028101' } : { id: 'default', code: 'default' },
    onAlert: async (_tx, { incident, reason }) =>
      void alerts.push({ number: incident.number, reason }),
    ...over,
  });
const at = (point: LonLat, ellipse: Partial<Fix['ellipse']> = {}): Fix => ({
  lon: point[0],
  lat: point[1],
  method: 'bearing',
  ellipse: { semiMajorM: 200, semiMinorM: 200, orientationDeg: 0, ...ellipse },
});

describe('recordDetection', () => {
  it('opens an incident numbered by region, local day and sequence', async () => {
    const first = await recordDetection(deps(), locatedDetection(), now);
    const elsewhere = locatedDetection({ fix: at(geodesicDirect(TOWER, 0, 20_000)) });
    const second = await recordDetection(deps(), elsewhere, now);
    expect(first).toMatchObject({ kind: 'recorded', opened: true, number: 'default-20260406-001' });
    expect(second).toMatchObject({ opened: true, number: '431028101-20260406-001' });
    expect(alerts).toEqual([
      { number: 'default-20260406-001', reason: 'opened' },
      { number: '431028101-20260406-001', reason: 'opened' },
    ]);
  });

  it('joins a compatible detection, moves the fix and keeps every step in the timeline', async () => {
    const oneRegion = deps({ regionAt: () => ({ id: 'default', code: 'default' }) });
    const thin = { semiMajorM: 7350, semiMinorM: 320 };
    const opened = await recordDetection(
      oneRegion,
      locatedDetection({
        fix: at(geodesicDirect(TOWER, 45, 7650), { ...thin, orientationDeg: 45 }),
      }),
      now,
    );
    const other = geodesicDirect(TOWER, 90, 8000);
    const crossing = at(geodesicDirect(other, 315, 7650), { ...thin, orientationDeg: 135 });
    const joined = await recordDetection(
      oneRegion,
      locatedDetection({ deviceId: 'cam-2', fix: crossing }),
      now,
    );
    expect(joined).toMatchObject({
      kind: 'recorded',
      opened: false,
      incidentId: opened.incidentId,
    });

    const incident = await incidentOf(db.pool, opened.incidentId);
    expect(incident).toMatchObject({
      detectionCount: 2,
      sourceIds: ['cam-1', 'cam-2'],
      fix: { method: 'fused' },
    });
    expect(incident.fix.ellipse.semiMajorM).toBeLessThan(400);
    const events = await listEvents(db.pool, { incidentId: incident.id, limit: 50 });
    expect(events.map((event) => event.type)).toEqual([
      'opened',
      'detection_added',
      'fix_updated',
      'confidence_changed',
    ]);
    expect(events[2]?.data).toMatchObject({ old: { method: 'bearing' }, new: { method: 'fused' } });
  });

  it('changes nothing when a detection is repeated', async () => {
    const detection = locatedDetection();
    const first = await recordDetection(deps(), detection, now);
    const before = await listEvents(db.pool, { incidentId: first.incidentId, limit: 50 });
    const again = await recordDetection(deps(), { ...detection, receivedAt: new Date() }, now);
    expect(again).toEqual({
      kind: 'duplicate',
      detectionId: first.detectionId,
      incidentId: first.incidentId,
    });
    expect(await listDetections(db.pool, first.incidentId, 10)).toHaveLength(1);
    expect(await listEvents(db.pool, { incidentId: first.incidentId, limit: 50 })).toEqual(before);
    expect(alerts).toHaveLength(1);
  });

  it('opens one incident when twenty detections of one fire arrive at once', async () => {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        recordDetection(deps(), locatedDetection({ deviceId: `cam-${(i % 3) + 1}` }), now),
      ),
    );
    expect(new Set(results.map((result) => result.incidentId)).size).toBe(1);
    expect(alerts).toHaveLength(1);
    const [first] = results;
    expect((await incidentOf(db.pool, first?.incidentId ?? '')).detectionCount).toBe(20);
  });

  it('does not let frames of one camera shrink the ellipse', async () => {
    const first = await recordDetection(deps(), locatedDetection(), now);
    for (let i = 0; i < 5; i += 1) await recordDetection(deps(), locatedDetection(), now);
    expect((await incidentOf(db.pool, first.incidentId)).fix.ellipse.semiMajorM).toBeCloseTo(
      200,
      6,
    );
  });

  it('alerts the neighbour when the fix moves into their region', async () => {
    const wide = at(geodesicDirect(TOWER, 0, 3000), { semiMajorM: 4000, semiMinorM: 4000 });
    const first = await recordDetection(deps(), locatedDetection({ fix: wide }), now);
    const precise = at(geodesicDirect(TOWER, 0, 6000), { semiMajorM: 50, semiMinorM: 50 });
    await recordDetection(deps(), locatedDetection({ deviceId: 'cam-2', fix: precise }), now);
    expect((await incidentOf(db.pool, first.incidentId)).regionId).toBe('r1');
    expect(alerts.map((alert) => alert.reason)).toEqual(['opened', 'region_changed']);
  });

  it('commits nothing when the alert cannot be written', async () => {
    const detection = locatedDetection();
    const broken = deps({ onAlert: () => Promise.reject(new Error('no outbox')) });
    await expect(recordDetection(broken, detection, now)).rejects.toThrow('no outbox');
    const { rows } = await db.pool.query(`select 1 from detection where dedupe_key = $1`, [
      detection.dedupeKey,
    ]);
    expect(rows).toHaveLength(0);
    expect(await recordDetection(deps(), detection, now)).toMatchObject({
      kind: 'recorded',
      opened: true,
    });
  });
});

describe('actOnIncident', () => {
  const act = (incidentId: string, action: 'acknowledge' | 'dismiss' | 'verify', reason?: string) =>
    actOnIncident(
      { pool: db.pool, onTakenOver: async () => undefined },
      { incidentId, action, actor: 'user:wang', reason, now },
    );

  it('sets status and time once, and says who', async () => {
    const { incidentId } = await recordDetection(deps(), locatedDetection(), now);
    const acknowledged = await act(incidentId, 'acknowledge');
    expect(acknowledged).toMatchObject({ status: 'acknowledged', acknowledgedAt: now });
    await act(incidentId, 'acknowledge');
    const events = await listEvents(db.pool, { incidentId, limit: 50 });
    expect(events.filter((event) => event.type === 'acknowledged')).toMatchObject([
      { actor: 'user:wang' },
    ]);
  });

  it('wants a reason to dismiss and lets a dismissed source not open another', async () => {
    const detection = locatedDetection();
    const { incidentId } = await recordDetection(deps(), detection, now);
    await expect(act(incidentId, 'dismiss', ' ')).rejects.toMatchObject({ code: 'bad_request' });
    expect(await act(incidentId, 'dismiss', 'kitchen smoke')).toMatchObject({
      dismissedReason: 'kitchen smoke',
    });
    expect(await recordDetection(deps(), locatedDetection(), now)).toMatchObject({
      opened: false,
      incidentId,
    });
    await expect(act(incidentId, 'verify')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('does not know an incident that does not exist', async () => {
    await expect(act('0196aa11-2222-7333-8444-555566667777', 'verify')).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('the timeline', () => {
  it('cannot be changed or deleted, not even by SQL', async () => {
    await recordDetection(deps(), locatedDetection(), now);
    await expect(db.pool.query(`update incident_event set actor = 'x'`)).rejects.toThrow(
      'append-only',
    );
    await expect(db.pool.query('delete from incident_event')).rejects.toThrow('append-only');
    await expect(db.pool.query('truncate incident_event cascade')).rejects.toThrow('append-only');
  });
});
