import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type IncidentDeps,
  listEvents,
  type Recorded,
  recordDetection,
} from '../../../src/incidents/index.ts';
import { undoRegrouping } from '../../../src/incidents/regroup.ts';
import { geodesicDirect, geodesicInverse, type LonLat, wrap360 } from '../../../src/shared/geo.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { givenCamera, incidentDeps, locatedDetection, shipped } from '../../support/fixtures.ts';
import { locateLine } from '../../support/sight-line.ts';
import { incidentOf } from './incident-harness.ts';

const FIRE: LonLat = [113.3, 26.6];
const MAST = geodesicDirect(FIRE, 200, 5000);
const AZIMUTH = geodesicInverse(MAST, FIRE).azimuthDeg;

let db: TestDatabase;
let deps: IncidentDeps;
const takenOver: string[] = [];
let nowMs = Date.parse('2026-04-05T04:00:00Z');

beforeAll(async () => {
  db = await createTestDatabase();
  await givenCamera(db.pool, 'cam-1', MAST);
  await givenCamera(db.pool, 'ranger-1', FIRE);
  deps = incidentDeps(db.pool, { onTakenOver: async (_tx, id) => void takenOver.push(id) });
});
afterAll(() => db.drop());

const later = (): Date => {
  nowMs += 20_000;
  return new Date(nowMs);
};

/** A frame of the camera, so many degrees beside the fire. */
const frame = async (offDeg: number): Promise<Recorded> => {
  const { fix, sighting } = locateLine(
    { azimuthDeg: wrap360(AZIMUTH + offDeg) },
    { station: { lon: MAST[0], lat: MAST[1], heightM: null }, sigmaDeg: 0.3 },
    { config: shipped.locate, terrain: undefined },
  );
  const now = later();
  const times = { observedAt: now, receivedAt: now };
  const azimuthDeg = sighting.bearing?.azimuthDeg ?? null;
  const detection = locatedDetection({ deviceId: 'cam-1', fix, sighting, azimuthDeg, ...times });
  return recordDetection(deps, detection, now);
};

it('an incident of one sight line ends in the known fire it turns out to be of, and that can be undone', async () => {
  // The first box is drawn well beside the smoke, so that what the ranger reports then is another fire.
  const lone = await frame(3.4);
  const [lon, lat] = FIRE;
  const now = later();
  const ellipse = { semiMajorM: 60, semiMinorM: 60, orientationDeg: 0 };
  const known = await recordDetection(
    deps,
    locatedDetection({
      deviceId: 'ranger-1',
      source: 'ranger',
      fix: { lon, lat, method: 'reported', ellipse },
      observedAt: now,
      receivedAt: now,
    }),
    now,
  );
  expect(known).toMatchObject({ opened: true });
  // The next frames are drawn better, and lead to it.
  await frame(2);
  await frame(0.7);
  const last = await frame(0.1);

  expect(last.incidentId).toBe(known.incidentId);
  expect(await incidentOf(db.pool, lone.incidentId)).toMatchObject({
    status: 'merged',
    mergedIntoId: known.incidentId,
    detectionCount: 0,
  });
  expect(await incidentOf(db.pool, known.incidentId)).toMatchObject({
    detectionCount: 5,
    sourceIds: ['cam-1', 'ranger-1'],
    anchorDeviceId: 'ranger-1',
  });
  expect(takenOver).toEqual([lone.incidentId]);
  const told = async (incidentId: string) =>
    (await listEvents(db.pool, { incidentId, limit: 100 })).map(({ type, actor }) => [type, actor]);
  expect(await told(lone.incidentId)).toContainEqual(['merged', 'system']);
  expect(await told(known.incidentId)).toContainEqual(['absorbed', 'system']);

  await undoRegrouping(deps, lone.incidentId, { actor: 'user:wang', now: later() });
  expect(await incidentOf(db.pool, lone.incidentId)).toMatchObject({
    status: 'reported',
    sourceIds: ['cam-1'],
  });
  // What came after it was absorbed was seen to be of the known fire, and stays there.
  const left = await incidentOf(db.pool, known.incidentId);
  expect(left.sourceIds).toContain('ranger-1');
  expect(left.detectionCount + (await incidentOf(db.pool, lone.incidentId)).detectionCount).toBe(5);
});
