import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createReassessor,
  type IncidentDeps,
  recordDetection,
} from '../../../src/incidents/index.ts';
import { geodesicDirect, type LonLat } from '../../../src/shared/geo.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { givenCamera, incidentDeps, locatedDetection, TOWER } from '../../support/fixtures.ts';
import { closeIncidents, incidentOf, typesOf } from './incident-harness.ts';

let db: TestDatabase;
let deps: IncidentDeps;
let alerts: { reason: string; level: string }[] = [];
let now: Date;
const clock = { now: () => now };
const logger = pino({ level: 'silent' });
const MINUTE = 60_000;
const NOON = new Date('2026-04-05T04:00:00Z');
const minutes = (count: number): Date => new Date(NOON.getTime() + count * MINUTE);

beforeAll(async () => {
  db = await createTestDatabase();
  for (const id of ['cam-1', 'cam-2']) await givenCamera(db.pool, id);
  deps = incidentDeps(db.pool, {
    onAlert: async (_tx, { reason, level }) => void alerts.push({ reason, level }),
  });
});
afterAll(() => db.drop());
beforeEach(async () => {
  alerts = [];
  now = NOON;
  await closeIncidents(db.pool);
  await db.pool.query('truncate permitted_burn, heat_source, view_mask');
});

/** A permitted burn of 1 km² about the tower, from an hour before noon until an hour after. */
const givenBurn = async (): Promise<void> => {
  const [west, south] = geodesicDirect(TOWER, 225, 700);
  const [east, north] = geodesicDirect(TOWER, 45, 700);
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  await db.pool.query(
    `insert into permitted_burn (id, name, geometry, west, south, east, north, starts_at, ends_at, created_at,
       created_by, updated_at, updated_by)
     values ('b1', 'Stubble', $1, $2, $3, $4, $5, $6, $7, $6, 'user:wang', $6, 'user:wang')`,
    [
      JSON.stringify({ type: 'Polygon', coordinates: [ring] }),
      west,
      south,
      east,
      north,
      minutes(-60),
      minutes(60),
    ],
  );
};

const seenAt = async (deviceId: string, [lon, lat]: LonLat): Promise<string> => {
  const ellipse = { semiMajorM: 100, semiMinorM: 100, orientationDeg: 0 };
  const detection = locatedDetection({
    deviceId,
    fix: { lon, lat, method: 'reported', ellipse },
    observedAt: now,
    receivedAt: now,
  });
  return (await recordDetection(deps, detection, now)).incidentId;
};

describe('smoke inside a permitted burn', () => {
  it('is listed, and nobody is woken', async () => {
    await givenBurn();
    const id = await seenAt('cam-1', TOWER);
    const incident = await incidentOf(db.pool, id);
    expect(alerts).toEqual([]);
    expect(incident).toMatchObject({ status: 'reported', alertLevel: 'none' });
    expect(incident.confidence).toBeLessThan(0.2);
    expect(incident.suppressions).toMatchObject([{ kind: 'permitted_burn', id: 'b1' }]);
    expect(await typesOf(db.pool, id)).toContain('suppressed');
  });

  it('is alerted when the permit ends and it still smokes, once', async () => {
    await givenBurn();
    const id = await seenAt('cam-1', TOWER);
    const reassessor = createReassessor({ ...deps, clock, logger });
    now = minutes(30);
    await reassessor.now();
    expect(alerts).toEqual([]);
    now = minutes(61);
    await reassessor.now();
    await reassessor.now();
    expect(alerts).toEqual([{ reason: 'opened', level: 'review' }]);
    expect(await incidentOf(db.pool, id)).toMatchObject({ alertLevel: 'review', suppressions: [] });
    expect(await typesOf(db.pool, id)).toContain('suppression_ended');
  });

  it('is alerted when the fire is seen to be outside the polygon after all', async () => {
    await givenBurn();
    const id = await seenAt('cam-1', geodesicDirect(TOWER, 90, 450));
    expect(alerts).toEqual([]);
    const precise = { semiMajorM: 20, semiMinorM: 20, orientationDeg: 0 };
    const [lon, lat] = geodesicDirect(TOWER, 90, 640);
    await recordDetection(
      deps,
      locatedDetection({
        deviceId: 'cam-2',
        fix: { lon, lat, method: 'reported', ellipse: precise },
        observedAt: now,
        receivedAt: now,
      }),
      now,
    );
    expect(await incidentOf(db.pool, id)).toMatchObject({ suppressions: [], detectionCount: 2 });
    expect(alerts).toMatchObject([{ reason: 'opened' }]);
  });

  it('that was entered too late quietens an incident nobody has judged, without deleting anything', async () => {
    const id = await seenAt('cam-1', TOWER);
    expect(alerts).toHaveLength(1);
    await givenBurn();
    await createReassessor({ ...deps, clock, logger }).now();
    const incident = await incidentOf(db.pool, id);
    expect(incident.confidence).toBeLessThan(0.2);
    expect(incident).toMatchObject({ status: 'reported', alertLevel: 'review', detectionCount: 1 });
  });
});

describe('a camera that reports every frame', () => {
  it('is believed at the third frame in five minutes, and alerted then, once', async () => {
    deps = { ...deps, reportsOf: () => 'frames' };
    const id = await seenAt('cam-1', TOWER);
    expect((await incidentOf(db.pool, id)).confidence).toBeCloseTo(0.0577, 3);
    now = minutes(2);
    await seenAt('cam-1', TOWER);
    expect(alerts).toEqual([]);
    now = minutes(4);
    await seenAt('cam-1', TOWER);
    expect(alerts).toEqual([{ reason: 'opened', level: 'review' }]);
    expect((await incidentOf(db.pool, id)).confidence).toBeCloseTo(0.2899, 3);
    for (let frame = 5; frame < 12; frame += 1) {
      now = minutes(frame);
      await seenAt('cam-1', TOWER);
    }
    expect(alerts).toHaveLength(1);
    deps = { ...deps, reportsOf: () => 'alarms' };
  });
});
