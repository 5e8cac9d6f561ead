import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type IncidentDeps,
  listDetections,
  listEvents,
  recordDetection,
} from '../../../src/incidents/index.ts';
import { labelDetection } from '../../../src/incidents/label-detection.ts';
import { mergeIncidents, splitIncident, undoRegrouping } from '../../../src/incidents/regroup.ts';
import { geodesicDirect, type LonLat } from '../../../src/shared/geo.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { givenCamera, incidentDeps, locatedDetection, TOWER } from '../../support/fixtures.ts';
import { closeIncidents, incidentOf, typesOf } from './incident-harness.ts';

let db: TestDatabase;
let deps: IncidentDeps;
let alerts: { number: string; reason: string; level: string }[] = [];
let takenOver: string[] = [];
const now = new Date('2026-04-05T08:30:00Z');
const by = { actor: 'user:wang', now };

beforeAll(async () => {
  db = await createTestDatabase();
  for (const id of ['cam-1', 'cam-2', 'cam-3']) await givenCamera(db.pool, id);
  deps = {
    ...incidentDeps(db.pool, {
      onAlert: async (_tx, { incident, reason, level }) =>
        void alerts.push({ number: incident.number, reason, level }),
    }),
    onTakenOver: async (_tx, id) => void takenOver.push(id),
  };
});
afterAll(() => db.drop());
beforeEach(async () => {
  alerts = [];
  takenOver = [];
  await closeIncidents(db.pool);
});

const seenAt = async (deviceId: string, [lon, lat]: LonLat): Promise<string> => {
  const ellipse = { semiMajorM: 200, semiMinorM: 200, orientationDeg: 0 };
  const detection = locatedDetection({ deviceId, fix: { lon, lat, method: 'reported', ellipse } });
  return (await recordDetection(deps, detection, now)).incidentId;
};
const FAR = geodesicDirect(TOWER, 90, 3000);

describe('merging', () => {
  it('gives all detections to the other incident, stops further sending and says so in both timelines', async () => {
    const a = await seenAt('cam-1', TOWER);
    const b = await seenAt('cam-2', FAR);
    expect(a).not.toBe(b);
    const merged = await mergeIncidents(deps, { fromId: b, intoId: a }, by);
    expect(merged).toMatchObject({ id: a, detectionCount: 2, sourceIds: ['cam-1', 'cam-2'] });
    expect(await incidentOf(db.pool, b)).toMatchObject({
      status: 'merged',
      mergedIntoId: a,
      detectionCount: 0,
    });
    expect(takenOver).toEqual([b]);
    expect(await typesOf(db.pool, a)).toContain('absorbed');
    expect(await typesOf(db.pool, b)).toContain('merged');
    // The fix was made anew, of both.
    expect(merged.fix.detectionIds).toHaveLength(2);
  });

  it('holds: a further frame of the merged source stays where the person put it', async () => {
    const a = await seenAt('cam-1', TOWER);
    const b = await seenAt('cam-2', FAR);
    await mergeIncidents(deps, { fromId: b, intoId: a }, by);
    expect(await seenAt('cam-2', FAR)).toBe(a);
  });

  it('can be undone: detections, status and fix return', async () => {
    const a = await seenAt('cam-1', TOWER);
    const b = await seenAt('cam-2', FAR);
    const before = { a: await incidentOf(db.pool, a), b: await incidentOf(db.pool, b) };
    await mergeIncidents(deps, { fromId: b, intoId: a }, by);
    await undoRegrouping(deps, a, by);
    const after = { a: await incidentOf(db.pool, a), b: await incidentOf(db.pool, b) };
    for (const key of ['a', 'b'] as const) {
      expect(after[key]).toMatchObject({
        status: 'reported',
        mergedIntoId: null,
        detectionCount: 1,
        sourceIds: before[key].sourceIds,
      });
      expect(after[key].fix.lon).toBeCloseTo(before[key].fix.lon, 9);
      expect(after[key].fix.ellipse).toEqual(before[key].fix.ellipse);
    }
    expect(await typesOf(db.pool, b)).toContain('undone');
    await expect(undoRegrouping(deps, a, by)).rejects.toMatchObject({ code: 'conflict' });
    await expect(undoRegrouping(deps, b, by)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is refused with itself, with what is over, and with what does not exist', async () => {
    const a = await seenAt('cam-1', TOWER);
    const b = await seenAt('cam-2', FAR);
    const merge = (fromId: string, intoId: string) => mergeIncidents(deps, { fromId, intoId }, by);
    await expect(merge(a, a)).rejects.toMatchObject({ code: 'unprocessable' });
    await merge(a, b);
    await expect(merge(a, b)).rejects.toMatchObject({ code: 'conflict' });
    await expect(merge(b, '0196aa11-2222-7333-8444-555566667777')).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('splitting', () => {
  it('opens an incident of its own, alerts those on duty, and holds', async () => {
    const a = await seenAt('cam-1', TOWER);
    await seenAt('cam-2', TOWER);
    const [second] = (await listDetections(db.pool, a, 10)).filter((d) => d.deviceId === 'cam-2');
    alerts = [];
    const created = await splitIncident(
      deps,
      { incidentId: a, detectionIds: [second?.id ?? ''] },
      by,
    );
    expect(created).toMatchObject({
      status: 'reported',
      detectionCount: 1,
      sourceIds: ['cam-2'],
      anchorDeviceId: 'cam-2',
    });
    expect(await incidentOf(db.pool, a)).toMatchObject({ detectionCount: 1, sourceIds: ['cam-1'] });
    expect(alerts).toEqual([{ number: created.number, reason: 'opened', level: 'review' }]);
    expect(await typesOf(db.pool, created.id)).toEqual(expect.arrayContaining(['opened', 'split']));
    expect(await seenAt('cam-2', TOWER)).toBe(created.id);
  });

  it('moves the anchor when the detection the incident opened with leaves', async () => {
    const a = await seenAt('cam-1', TOWER);
    await seenAt('cam-2', TOWER);
    const first = (await listDetections(db.pool, a, 10)).filter((d) => d.deviceId === 'cam-1');
    await splitIncident(deps, { incidentId: a, detectionIds: first.map(({ id }) => id) }, by);
    expect(await incidentOf(db.pool, a)).toMatchObject({
      anchorDeviceId: 'cam-2',
      sourceIds: ['cam-2'],
    });
  });

  it('can be undone', async () => {
    const a = await seenAt('cam-1', TOWER);
    await seenAt('cam-2', TOWER);
    const [second] = (await listDetections(db.pool, a, 10)).filter((d) => d.deviceId === 'cam-2');
    const split = { incidentId: a, detectionIds: [second?.id ?? ''] };
    const created = await splitIncident(deps, split, by);
    const restored = await undoRegrouping(deps, a, by);
    expect(restored).toMatchObject({ detectionCount: 2, status: 'reported' });
    expect(await incidentOf(db.pool, created.id)).toMatchObject({
      status: 'merged',
      mergedIntoId: a,
    });
  });

  it('is refused for all of its detections and for those of another', async () => {
    const a = await seenAt('cam-1', TOWER);
    const b = await seenAt('cam-2', FAR);
    const [own] = await listDetections(db.pool, a, 10);
    const [foreign] = await listDetections(db.pool, b, 10);
    for (const detection of [own, foreign]) {
      const split = { incidentId: a, detectionIds: [detection?.id ?? ''] };
      await expect(splitIncident(deps, split, by)).rejects.toMatchObject({ code: 'unprocessable' });
    }
  });
});

describe('what a person has split', () => {
  it('stays so: later sources at the same place dissolve neither, and undoing is told as a change of belief', async () => {
    const a = await seenAt('cam-1', TOWER);
    await seenAt('cam-2', geodesicDirect(TOWER, 0, 40));
    await seenAt('cam-3', geodesicDirect(TOWER, 90, 40));
    const own = await listDetections(db.pool, a, 10);
    const split = {
      incidentId: a,
      detectionIds: own.filter((d) => d.deviceId === 'cam-3').map(({ id }) => id),
    };
    const created = await splitIncident(deps, split, by);
    const place = geodesicDirect(TOWER, 45, 30);
    for (const id of ['cam-4', 'cam-5']) {
      await givenCamera(db.pool, id, geodesicDirect(TOWER, 180, 5000));
      await seenAt(id, place);
      await seenAt(id, place);
    }
    const [one, other] = [await incidentOf(db.pool, a), await incidentOf(db.pool, created.id)];
    expect(one.sourceIds).toEqual(expect.arrayContaining(['cam-1', 'cam-2']));
    expect(other.sourceIds).toContain('cam-3');
    expect(one.fix.detectionIds?.length).toBeGreaterThanOrEqual(2);
    await mergeIncidents(deps, { fromId: created.id, intoId: a }, by);
    await undoRegrouping(deps, a, by);
    const events = await listEvents(db.pool, { incidentId: created.id, limit: 100 });
    const undone = events.findIndex(({ type }) => type === 'undone');
    expect(events.slice(undone).map(({ type }) => type)).toContain('confidence_changed');
  });
});

describe('a label', () => {
  const labelOf = (detectionId: string, label: 'wildfire_smoke' | 'other' | null) =>
    labelDetection(deps, { detectionId, label, actor: 'user:wang', now });

  it('takes a false picture out of fix and confidence, and back again', async () => {
    const a = await seenAt('cam-1', TOWER);
    await seenAt('cam-2', geodesicDirect(TOWER, 90, 100));
    const both = await incidentOf(db.pool, a);
    const [second] = (await listDetections(db.pool, a, 10)).filter((d) => d.deviceId === 'cam-2');
    const without = await labelOf(second?.id ?? '', 'other');
    expect(without.fix.detectionIds).toHaveLength(1);
    expect(without.confidence).toBeLessThanOrEqual(both.confidence);
    // It stays listed and counted: nothing is deleted.
    expect(without).toMatchObject({ detectionCount: 2, sourceIds: ['cam-1', 'cam-2'] });
    const back = await labelOf(second?.id ?? '', null);
    expect(back.fix).toEqual(both.fix);
    expect(back.confidence).toBe(both.confidence);
    const types = await typesOf(db.pool, a);
    expect(types.filter((type) => type === 'detection_labelled')).toHaveLength(2);
  });

  it('of wildfire counts as seen by a person, and raises the alarm', async () => {
    const a = await seenAt('cam-1', TOWER);
    const [only] = await listDetections(db.pool, a, 10);
    alerts = [];
    const seen = await labelOf(only?.id ?? '', 'wildfire_smoke');
    expect(seen.confidence).toBeGreaterThan(0.98);
    expect(alerts).toMatchObject([{ reason: 'strong', level: 'strong' }]);
    await labelOf(only?.id ?? '', 'wildfire_smoke');
    expect(alerts).toHaveLength(1);
  });

  it('of the only detection leaves an incident nobody believes, where it was', async () => {
    const a = await seenAt('cam-1', TOWER);
    const before = await incidentOf(db.pool, a);
    const [only] = await listDetections(db.pool, a, 10);
    const after = await labelOf(only?.id ?? '', 'other');
    expect(after.confidence).toBeCloseTo(0.02, 6);
    expect(after.fix).toEqual(before.fix);
  });
});
