import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AircraftSighting } from '../../../src/airspace/aircraft-sighting.ts';
import { listAircraft, listTracks, recordSighting } from '../../../src/airspace/aircraft-store.ts';
import { createAirspaceWatch, type Intrusion } from '../../../src/airspace/airspace-watch.ts';
import { airspaceRoutes } from '../../../src/airspace/index.ts';
import { actOnIncident, recordDetection } from '../../../src/incidents/index.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { givenCamera, incidentDeps, locatedDetection, TOWER } from '../../support/fixtures.ts';
import { startTestApi } from '../api/api-harness.ts';

const SETTINGS = { radiusM: 2000, ceilingM: null, leaveAfterS: 300 };
const logger = pino({ level: 'silent' });

let database: TestDatabase;
let nowMs: number;
const clock = { now: () => new Date(nowMs) };
const later = (seconds: number): void => {
  nowMs += seconds * 1000;
};

beforeAll(async () => {
  database = await createTestDatabase();
  await givenCamera(database.pool, 'cam-1');
});
afterAll(() => database?.drop());
beforeEach(async () => {
  nowMs = Date.now();
  await database.pool.query('delete from foreign_aircraft');
});

const sighting = (over: Partial<AircraftSighting> = {}): AircraftSighting => ({
  id: 'F-1',
  idType: 'serial_number',
  category: 'multirotor',
  state: 'airborne',
  observedAt: clock.now(),
  position: TOWER,
  altitudeM: 600,
  heightM: 120,
  heightRef: 'takeoff',
  speedMps: 10,
  verticalSpeedMps: 0,
  headingDeg: 90,
  operatorId: null,
  operatorPosition: null,
  purpose: null,
  reception: { RSSI: -60 },
  ...over,
});
const hear = (over: Partial<AircraftSighting> = {}, regionId = 'default'): Promise<void> =>
  recordSighting(database.pool, {
    sighting: sighting(over),
    receiverId: 'rid-1',
    regionId,
    receivedAt: clock.now(),
  });
const heard = () => listAircraft(database.pool, { since: new Date(0), limit: 100 });

describe('what is kept of foreign aircraft', () => {
  it('is the latest, and a track with a point every five seconds', async () => {
    await hear({ operatorPosition: [113.2, 26.7], operatorId: 'OP' });
    later(0.5);
    await hear({ position: [113.9, 26.9] });
    expect((await heard())[0]?.position).toEqual(TOWER);
    for (let second = 0; second < 12; second += 1) {
      later(1);
      await hear({ position: [113.3 + second / 100, 26.71] });
    }
    const [latest] = await heard();
    // What was said once of its operator is not forgotten when a message does not repeat it.
    expect(latest).toMatchObject({
      position: [113.41, 26.71],
      operatorPosition: [113.2, 26.7],
      operatorId: 'OP',
    });
    const track = (await listTracks(database.pool, ['F-1'], new Date(0))).get('F-1');
    expect(track).toHaveLength(3);
  });

  it('is nothing of ours, known by id or by the serial number they send', async () => {
    await database.pool.query(
      `update device set properties = '{"remoteId": "abc-1"}' where id = 'cam-1'`,
    );
    await hear({ id: 'cam-1' });
    await hear({ id: 'ABC-1' });
    await hear({ id: 'ABC-2' });
    expect((await heard()).map(({ id }) => id)).toEqual(['ABC-2']);
  });

  it('is shown to those who see the region, a minute long', async () => {
    const api = await startTestApi(database, {
      routes: [
        airspaceRoutes({ pool: database.pool, clock, visibleRegions: () => new Set(['east']) }),
      ],
    });
    try {
      await hear({ id: 'F-east' }, 'east');
      await hear({ id: 'F-west' }, 'west');
      const headers = { authorization: `Bearer ${await api.login()}` };
      const items = async (query = ''): Promise<{ id: string; track: object[] }[]> => {
        const response = await fetch(`${api.url}/api/v1/airspace/aircraft${query}`, { headers });
        expect(response.status).toBe(200);
        return ((await response.json()) as { items: { id: string; track: object[] }[] }).items;
      };
      expect(await items()).toMatchObject([{ id: 'F-east', lon: TOWER[0], track: [{}] }]);
      const since = `?since=${encodeURIComponent(clock.now().toISOString())}`;
      later(61);
      expect(await items()).toEqual([]);
      expect(await items(since)).toHaveLength(1);
    } finally {
      await api.stop();
    }
  });
});

describe('the watch', () => {
  let told: Intrusion[];
  let fails: boolean;
  let incidentId: string;
  const watch = () =>
    createAirspaceWatch({
      pool: database.pool,
      settings: SETTINGS,
      keepDays: 30,
      clock,
      logger,
      onEntered: async (_tx, intrusion) => {
        if (fails) throw new Error('the database is away');
        told.push(intrusion);
        return { told: ['p-1'], unreachable: [] };
      },
    });
  const events = async (): Promise<string[]> => {
    const { rows } = await database.pool.query<{ state: string }>(
      `select data ->> 'state' as state from incident_event where incident_id = $1 and type = 'foreign_aircraft' order by id`,
      [incidentId],
    );
    return rows.map(({ state }) => state);
  };
  beforeEach(async () => {
    told = [];
    fails = false;
    // Each fire far from those of the tests before.
    fires += 1;
    const at = { lon: TOWER[0] + fires, lat: TOWER[1] };
    const ellipse = { semiMajorM: 100, semiMinorM: 100, orientationDeg: 0 };
    const detection = locatedDetection({ fix: { ...at, method: 'reported', ellipse } });
    const deps = incidentDeps(database.pool);
    ({ incidentId } = await recordDetection(deps, detection, clock.now()));
    await hear({ position: [at.lon, at.lat] });
  });
  let fires = 0;

  it('tells of an aircraft once: two processes at the same time, and after a restart', async () => {
    await Promise.all([watch().look(), watch().look()]);
    await watch().look();
    expect(told).toMatchObject([{ incident: { id: incidentId }, aircraft: { id: 'F-1' } }]);
    expect(await events()).toEqual(['entered']);
  });

  it('tells again later where telling failed, and notes nothing before', async () => {
    fails = true;
    await watch().look();
    expect(await events()).toEqual([]);
    fails = false;
    await watch().look();
    expect(await events()).toEqual(['entered']);
  });

  it('notes that it has left when it is silent, and tells when it is back', async () => {
    await watch().look();
    later(200);
    await watch().look();
    expect(await events()).toEqual(['entered']);
    later(101);
    await watch().look();
    expect(await events()).toEqual(['entered', 'left']);
    await hear({ position: [TOWER[0] + fires, TOWER[1]] });
    await watch().look();
    expect(await events()).toEqual(['entered', 'left', 'entered']);
    expect(new Set(told.map(({ visitId }) => visitId)).size).toBe(2);
  });

  it('ends a visit without a word when the fire is over', async () => {
    await watch().look();
    const act = {
      action: 'dismiss',
      reason: 'fog',
      actor: 'user:admin',
      now: clock.now(),
    } as const;
    await actOnIncident(incidentDeps(database.pool), { incidentId, ...act });
    await watch().look();
    expect(await events()).toEqual(['entered']);
    const open = await database.pool.query('select from airspace_visit where left_at is null');
    expect(open.rowCount).toBe(0);
  });

  it('forgets what was not heard for as long as telemetry is kept', async () => {
    await watch().look();
    later(31 * 86_400);
    await hear({ id: 'F-2' });
    await watch().look();
    expect((await heard()).map(({ id }) => id)).toEqual(['F-2']);
    expect((await listTracks(database.pool, ['F-1'], new Date(0))).size).toBe(0);
  });
});
