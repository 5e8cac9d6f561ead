import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { geodesicDirect, type LonLat } from '../../../src/shared/geo.ts';
import { startTestService, type TestService } from '../../support/service.ts';

type Problem = { detail: string; errors?: { path: string; message: string }[] };
type Incident = {
  id: string;
  number: string;
  status: string;
  detectionCount: number;
  confidence: number;
  alertLevel: string;
  suppressions: { kind: string }[];
  fix: { lon: number; lat: number; method: string; ellipse: { semiMajorM: number } };
  detections: { id: string; deviceId: string; label: string | null }[];
};
type Reported = { incidentId: string; detectionId: string };

const PLACE: LonLat = [113.25, 26.65];
let service: TestService;
let count = 0;

const report = async (deviceId: string, seen: object): Promise<Reported> => {
  count += 1;
  const body = { deviceId, id: `r-${String(count)}`, at: new Date().toISOString(), ...seen };
  const answer = await service.call<Reported>('POST', 'detections', {
    kind: 'smoke',
    confidence: 0.8,
    ...body,
  });
  expect(answer.status).toBe(201);
  return answer.body;
};
const at = ([lon, lat]: LonLat) => ({ lon, lat });
const away = (azimuthDeg: number, distanceM: number): LonLat =>
  geodesicDirect(PLACE, azimuthDeg, distanceM);
const incident = async (id: string): Promise<Incident> =>
  (await service.call<Incident>('GET', `incidents/${id}`)).body;

beforeAll(async () => {
  service = await startTestService();
  const ring = [
    [113.9, 26.7],
    [113.92, 26.7],
    [113.92, 26.71],
    [113.9, 26.71],
    [113.9, 26.7],
  ];
  const village = {
    type: 'Feature',
    properties: { id: 'v1', name: '龙海村', level: 'village', code: 'v1' },
    geometry: { type: 'Polygon', coordinates: [ring] },
  };
  await service.call('POST', 'regions/import', { type: 'FeatureCollection', features: [village] });
  await vi.waitUntil(async () => {
    const { body } = await service.call<{ items: unknown[] }>('GET', 'regions');
    return body.items.length === 2;
  });
  for (const device of [
    { id: 'cam-a', kind: 'camera', lon: 113.2, lat: 26.6 },
    { id: 'cam-b', kind: 'camera', lon: 113.3, lat: 26.6 },
    { id: 'viirs', kind: 'satellite' },
    { id: 'himawari', kind: 'satellite', properties: { sensor: 'himawari' } },
    { id: '12119', kind: 'caller' },
    { id: 'ranger-7', kind: 'ranger' },
  ]) {
    const made = await service.call('POST', 'devices', { name: device.id, ...device });
    expect(made.status).toBe(201);
  }
});
afterAll(() => service?.stop());

describe('correcting what was taken wrongly', () => {
  it('merges, splits and takes back by HTTP', async () => {
    const a = await report('cam-a', at(away(0, 0)));
    const b = await report('cam-b', at(away(90, 3000)));
    const merged = await service.call<Incident>('POST', `incidents/${b.incidentId}/merge`, {
      intoId: a.incidentId,
      reason: 'one fire, seen from both sides',
    });
    expect(merged).toMatchObject({ status: 200, body: { id: a.incidentId, detectionCount: 2 } });
    expect(await incident(b.incidentId)).toMatchObject({ status: 'merged', detectionCount: 0 });
    const undone = await service.call('POST', `incidents/${a.incidentId}/undo`);
    expect(undone).toMatchObject({ status: 200, body: { detectionCount: 1 } });

    await report('cam-b', at(away(0, 50)));
    const split = await service.call<Incident>('POST', `incidents/${a.incidentId}/split`, {
      detectionIds: [a.detectionId],
    });
    expect(split).toMatchObject({ status: 201, body: { detectionCount: 1 } });
    const timeline = await service.call<{ items: { type: string; actor: string }[] }>(
      'GET',
      `incidents/${a.incidentId}/events`,
    );
    for (const type of ['absorbed', 'undone', 'split']) {
      expect(timeline.body.items).toContainEqual(
        expect.objectContaining({ type, actor: 'user:admin' }),
      );
    }
  });

  it('says what is wrong with a merge or a split', async () => {
    const { incidentId: id } = await report('cam-a', at(away(180, 6000)));
    const itself = await service.call<Problem>('POST', `incidents/${id}/merge`, { intoId: id });
    expect(itself.status).toBe(422);
    expect(itself.body.errors?.[0]?.path).toBe('intoId');
    for (const body of [{}, { intoId: 'x' }]) {
      expect((await service.call('POST', `incidents/${id}/merge`, body)).status).toBe(400);
    }
    for (const [body, status] of [
      [{ detectionIds: [] }, 400],
      [{ detectionIds: [id] }, 422],
    ] as const) {
      expect((await service.call('POST', `incidents/${id}/split`, body)).status).toBe(status);
    }
    expect((await service.call('POST', `incidents/${id}/undo`)).status).toBe(409);
  });

  it('labels a detection, takes the label back, and reports how often the camera cries wolf', async () => {
    const { incidentId, detectionId } = await report('cam-b', at(away(270, 5000)));
    const label = (body?: object) =>
      service.call<Incident>(
        body === undefined ? 'DELETE' : 'PUT',
        `detections/${detectionId}/label`,
        body,
      );
    expect((await label({ label: 'cloud' })).status).toBe(400);
    const other = await label({ label: 'other_smoke' });
    expect(other).toMatchObject({ status: 200 });
    expect(other.body.confidence).toBeLessThan(0.05);
    expect((await incident(incidentId)).detections[0]?.label).toBe('other_smoke');
    const { body } = await service.call<{
      total: { alarms: number; falseAlarms: number; falseAlarmRate: number };
      days: { day: string; falseAlarms: number }[];
    }>('GET', 'devices/cam-b/quality');
    expect(body.total).toMatchObject({ falseAlarms: 1, falseAlarmRate: 1 });
    expect(body.total.alarms).toBeGreaterThan(1);
    expect(body.days).toMatchObject([{ falseAlarms: 1 }]);
    expect((await label()).body.confidence).toBeCloseTo(0.29, 2);
    const without = await service.call<{ total: object }>('GET', 'devices/cam-b/quality');
    expect(without.body.total).toMatchObject({ falseAlarms: 0, falseAlarmRate: null });
    expect((await service.call('GET', 'devices/nobody/quality')).status).toBe(404);
    const backwards = 'from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z';
    expect((await service.call('GET', `devices/cam-b/quality?${backwards}`)).status).toBe(400);
  });
});

describe('sources without a camera', () => {
  it.each([
    ['viirs', 500, 10],
    ['himawari', 3000, 100],
    ['12119', 300, 190],
    ['ranger-7', 100, 280],
  ])('give a point with the radius of their kind: %s, %i m', async (deviceId, radiusM, azimuth) => {
    const place = away(azimuth, 40_000);
    const { incidentId } = await report(deviceId, at(place));
    const { fix, alertLevel } = await incident(incidentId);
    expect(fix).toMatchObject({ method: 'reported', ellipse: { semiMajorM: radiusM } });
    expect(alertLevel).toBe('review');
  });

  it('may state their own radius, or name a village', async () => {
    const stated = await report('12119', { ...at(away(300, 12_000)), positionRadiusM: 50 });
    expect((await incident(stated.incidentId)).fix.ellipse.semiMajorM).toBe(50);
    const named = await report('12119', { regionId: 'v1' });
    const { fix } = await incident(named.incidentId);
    expect(fix).toMatchObject({ method: 'reported' });
    expect(fix.lon).toBeCloseTo(113.91, 3);
    expect(fix.lat).toBeCloseTo(26.705, 3);
    // Two kilometres by one: somewhere in it.
    expect(fix.ellipse.semiMajorM).toBeGreaterThan(1000);
    expect(fix.ellipse.semiMajorM).toBeLessThan(1600);
  });
});

describe('a layer entered over an alarm at hand', () => {
  it('quietens it at once, and its end brings it back', async () => {
    const place = away(135, 9000);
    const { incidentId } = await report('cam-a', at(place));
    const kiln = { name: 'Kiln', kind: 'kiln', ...at(place), radiusM: 300 };
    const made = await service.call<{ id: string }>('POST', 'heat-sources', kiln);
    expect(made.status).toBe(201);
    const quiet = await incident(incidentId);
    expect(quiet.suppressions).toMatchObject([{ kind: 'heat_source' }]);
    expect(quiet.confidence).toBeLessThan(0.05);
    await service.call('DELETE', `heat-sources/${made.body.id}`);
    expect((await incident(incidentId)).confidence).toBeCloseTo(0.29, 2);
  });
});
