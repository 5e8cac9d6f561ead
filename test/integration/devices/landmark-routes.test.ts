import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Mounting, pixelDirection } from '../../../src/locate/sight-line.ts';
import { geodesicDirect, type LonLat } from '../../../src/shared/geo.ts';
import type { AccessRole } from '../../../src/shared/http.ts';
import { ACCESS_ROLES } from '../../../src/shared/http.ts';
import { curvatureDropM } from '../../../src/terrain/index.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { givenAccount } from '../api/api-harness.ts';

type Problem = { detail: string; errors?: { path: string; message: string }[] };
type Calibrated = {
  items: { id: string; name: string; px: number[]; heightM: number | null }[];
  calibration: {
    azimuthOffsetDeg: number;
    azimuthSigmaDeg: number | null;
    notes: string[];
    worst: string;
    landmarks: { name: string; distanceM: number; residual: { totalDeg: number } }[];
  } | null;
  calibratedAt: string | null;
};
type Answer = Calibrated & Problem;

const TOWER: LonLat = [113.27, 26.71];
const EYE_M = 247;
const MOUNTING: Mounting = { azimuthOffsetDeg: -4.25, tiltOffsetDeg: 1.5, focalScale: 1.05 };
const FRAME = { panDeg: 120, tiltDeg: -3, hfovDeg: 60, widthPx: 1920, heightPx: 1080 };
const PIXELS: Record<string, [number, number]> = {
  'mast 铁塔': [160, 500],
  summit: [980, 300],
  chimney: [1750, 620],
  bridge: [600, 800],
};

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service?.stop());

/** A landmark that a camera on the tower, mounted as above, shows at `px`, 3 km away. */
const landmark = (name: string, px: [number, number], over: Record<string, unknown> = {}) => {
  const { azimuthDeg, elevationDeg } = pixelDirection(FRAME, px, MOUNTING);
  const [lon, lat] = geodesicDirect(TOWER, azimuthDeg, 3000);
  const heightM = EYE_M + 3000 * Math.tan((elevationDeg * Math.PI) / 180) + curvatureDropM(3000);
  return { name, frame: FRAME, px, lon, lat, heightM, ...over };
};
const all = () => Object.entries(PIXELS).map(([name, px]) => landmark(name, px));

let count = 0;
/** A camera of its own for each test. */
const givenCamera = async (over: Record<string, unknown> = {}): Promise<string> => {
  count += 1;
  const id = `cam-${String(count)}`;
  const [lon, lat] = TOWER;
  const device = { id, kind: 'camera', name: id, lon, lat, groundHeightM: 212, mountHeightM: 35 };
  const { status } = await service.call('POST', 'devices', { ...device, ...over });
  expect(status).toBe(201);
  return id;
};
const post = (id: string, landmarks: unknown[], over: Record<string, unknown> = {}) =>
  service.call<Answer>('POST', `devices/${id}/landmarks`, { landmarks, ...over });
const device = async (id: string) => (await service.call('GET', `devices/${id}`)).body;
const stored = async (id: string) =>
  (await service.call<Calibrated>('GET', `devices/${id}/landmarks`)).body;

describe('POST devices/{id}/landmarks', () => {
  it('calibrates the device: offsets, focal scale, σ, kept with their residuals', async () => {
    const id = await givenCamera({ azimuthOffsetDeg: 2 });
    const { status, body } = await post(id, all());
    expect(status).toBe(200);
    expect(body.items.map(({ name }) => name)).toEqual(Object.keys(PIXELS).toSorted());
    expect(body.calibration?.landmarks).toHaveLength(4);
    for (const { distanceM, residual } of body.calibration?.landmarks ?? []) {
      expect(distanceM).toBeCloseTo(3000, 1);
      expect(residual.totalDeg).toBeLessThan(0.001);
    }
    const now = await device(id);
    expect(now).toMatchObject({
      azimuthOffsetDeg: expect.closeTo(-4.25, 4),
      tiltOffsetDeg: expect.closeTo(1.5, 4),
      focalScale: expect.closeTo(1.05, 5),
      azimuthSigmaDeg: 0.1,
      elevationSigmaDeg: 0.1,
      landmarkCount: 4,
      calibratedAt: body.calibratedAt,
      calibration: body.calibration,
    });
    expect(await stored(id)).toEqual(body);
  });

  it('reckons over all that are stored, and a name again is measured anew', async () => {
    const id = await givenCamera();
    const [first, ...others] = all();
    const one = await post(id, [{ ...first, px: [260, 500] }]);
    expect(one.body.calibration).toMatchObject({ azimuthSigmaDeg: null });
    expect(one.body.calibration?.notes.join()).toContain('one landmark');
    const refused = await post(id, others);
    expect(refused.status).toBe(422);
    expect((await stored(id)).items).toHaveLength(1);
    const mended = await post(id, [first, ...others]);
    expect(mended.status).toBe(200);
    const again = await post(id, []);
    expect(again.body.calibration).toEqual(mended.body.calibration);
    const replaced = await post(id, others.slice(0, 1), { replace: true });
    expect(replaced.body.items.map(({ name }) => name)).toEqual(['summit']);
    // Its σ came from landmarks that are gone.
    expect(await device(id)).toMatchObject({ azimuthSigmaDeg: null, landmarkCount: 1 });
  });

  it('tries without keeping', async () => {
    const id = await givenCamera({ azimuthSigmaDeg: 1 });
    const before = await device(id);
    const { status, body } = await post(id, all(), { dryRun: true });
    expect([status, body.calibratedAt]).toEqual([200, null]);
    expect(body.calibration?.azimuthOffsetDeg).toBeCloseTo(-4.25, 4);
    expect(await device(id)).toEqual(before);
    expect((await stored(id)).items).toEqual([]);
  });

  it('says which landmark is wrong, and changes nothing', async () => {
    const id = await givenCamera();
    const before = await device(id);
    const landmarks = all().map((each) =>
      each.name === 'chimney' ? { ...each, px: [1650, 620] } : each,
    );
    const { status, body } = await post(id, landmarks);
    expect(status).toBe(422);
    expect(body.detail).toContain('not calibrated');
    expect(body.errors).toEqual([
      { path: 'landmarks[2]', message: expect.stringMatching(/^"chimney" is likely wrong/) },
    ]);
    expect(await device(id)).toEqual(before);
    expect((await stored(id)).items).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['behind the camera', { lon: 113.2, lat: 26.73 }, /behind the camera/],
    ['outside the frame', { px: [2000, 500] }, /outside the frame/],
    ['nearer than 200 m', { lon: 113.2705, lat: 26.7095 }, /under 200 m/],
    ['of unknown zoom', { frame: { ...FRAME, hfovDeg: null, zoom: 4 } }, /register its hfovDeg/],
  ])('names a landmark %s', async (_name, over, message) => {
    const id = await givenCamera();
    const [first, ...others] = all();
    const { status, body } = await post(id, [...others, { ...first, ...over }]);
    expect(status).toBe(422);
    expect(body.errors).toEqual([
      { path: 'landmarks[3]', message: expect.stringMatching(message) },
    ]);
  });

  it('refuses a tilt of 200°, a name twice, a device that is no camera or is not there', async () => {
    const id = await givenCamera();
    const [first] = all();
    const tilted = await post(id, [{ ...first, frame: { ...FRAME, tiltDeg: 200 } }]);
    expect(tilted.status).toBe(400);
    expect(tilted.body.errors).toEqual([
      { path: 'landmarks[0].frame.tiltDeg', message: 'must be <= 90' },
    ]);
    const twice = await post(id, [first, first]);
    expect([twice.status, twice.body.errors?.[0]?.path]).toEqual([422, 'landmarks[1].name']);
    const drone = await givenCamera({ kind: 'drone' });
    const refused = await post(drone, all());
    expect(refused.status).toBe(422);
    expect(refused.body.errors?.[0]?.message).toContain('is a drone');
    expect((await post('none', all())).status).toBe(404);
  });

  it('takes a frame by its zoom, once the lens is known', async () => {
    const id = await givenCamera({ hfovDeg: 60 });
    const landmarks = all().map((each) => ({
      ...each,
      frame: { ...FRAME, hfovDeg: null, zoom: 1 },
    }));
    expect((await post(id, landmarks)).status).toBe(200);
    expect(await device(id)).toMatchObject({ focalScale: expect.closeTo(1.05, 5) });
  });

  it('calibrates the azimuth alone where no height is known, and says so', async () => {
    const id = await givenCamera({ mountHeightM: undefined, tiltOffsetDeg: 1.5, focalScale: 1.05 });
    const { status, body } = await post(id, all());
    expect(status).toBe(200);
    expect(body.calibration?.notes.join()).toContain('azimuth only');
    expect(await device(id)).toMatchObject({
      azimuthOffsetDeg: expect.closeTo(-4.25, 4),
      tiltOffsetDeg: 1.5,
      azimuthSigmaDeg: 0.1,
      elevationSigmaDeg: null,
    });
  });
});

describe('DELETE devices/{id}/landmarks/{landmarkId}', () => {
  it('calibrates on the rest, and forgets the calibration with the last', async () => {
    const id = await givenCamera();
    const { items } = (await post(id, all())).body;
    const remove = (landmarkId: string) =>
      service.call<Answer>('DELETE', `devices/${id}/landmarks/${landmarkId}`);
    const [first, ...others] = items;
    const rest = await remove(first?.id ?? '');
    expect([rest.status, rest.body.items.length]).toEqual([200, 3]);
    expect(await device(id)).toMatchObject({ landmarkCount: 3, azimuthSigmaDeg: 0.1 });
    expect((await remove(first?.id ?? '')).status).toBe(404);
    for (const other of others) expect((await remove(other.id)).status).toBe(200);
    expect(await device(id)).toMatchObject({
      landmarkCount: 0,
      calibratedAt: null,
      calibration: null,
      azimuthSigmaDeg: null,
      azimuthOffsetDeg: expect.closeTo(-4.25, 3),
    });
  });
});

describe('a calibration', () => {
  it.each([
    ['moved', { lat: 26.72 }],
    ['given another lens', { hfovByZoom: [[1, 58]] }],
    ['turned by hand', { azimuthOffsetDeg: 3 }],
  ])('ends when the camera is %s, and its σ with it', async (_name, change) => {
    const id = await givenCamera();
    await post(id, all());
    const named = await service.call('PATCH', `devices/${id}`, { name: 'renamed' });
    expect(named.body).toMatchObject({ azimuthSigmaDeg: 0.1 });
    const { body } = await service.call('PATCH', `devices/${id}`, change);
    expect(body).toMatchObject({ azimuthSigmaDeg: null, elevationSigmaDeg: null });
    expect(await device(id)).toMatchObject({ calibratedAt: null, landmarkCount: 0 });
    // The landmarks are still there to try again.
    expect((await stored(id)).items).toHaveLength(4);
  });

  it('leaves a σ that is given with the change', async () => {
    const id = await givenCamera();
    await post(id, all());
    const change = { azimuthOffsetDeg: 3, azimuthSigmaDeg: 0.3 };
    const { body } = await service.call('PATCH', `devices/${id}`, change);
    expect(body).toMatchObject({ azimuthSigmaDeg: 0.3, elevationSigmaDeg: null });
  });
});

describe('roles', () => {
  it('everybody may look, only an admin may change', async () => {
    const id = await givenCamera();
    const statuses: Partial<Record<AccessRole, number[]>> = {};
    for (const role of ACCESS_ROLES) {
      const password = 'long enough';
      await givenAccount(service.database, `a-${role}`, { password, roles: [role] });
      const token = await service.logIn(`a-${role}`, password);
      const path = `devices/${id}/landmarks`;
      const call = (method: string, at: string, sent?: unknown) =>
        service.call(method, at, sent, token).then(({ status }) => status);
      statuses[role] = [
        await call('GET', path),
        await call('POST', path, { landmarks: all(), dryRun: true }),
        await call('DELETE', `${path}/0196aa11-2222-7333-8444-555566667777`),
      ];
    }
    const looks = [200, 403, 403];
    expect(statuses).toEqual({
      viewer: looks,
      operator: looks,
      duty_officer: looks,
      dispatcher: looks,
      admin: [200, 200, 404],
    });
  });
});
