import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { geodesicInverse } from '../../../src/shared/geo.ts';
import { box } from '../../support/box.ts';
import { importGround } from '../../support/ground.ts';
import { givenLogin } from '../../support/person.ts';
import { startTestService, type TestService } from '../../support/service.ts';

type Problem = { detail: string };
type Seen = {
  west: number;
  south: number;
  east: number;
  north: number;
  width: number;
  height: number;
  bits: string;
  visibleShare: number;
  eyeHeightM: number;
};
type Sight = { deviceId: string; sight: string; distanceM: number; azimuthDeg: number };

const STEP = 0.001;
const SIDE = 201;
/** A plain at 100 m, 20 km square, with a wall of 400 m along 113.1°E. */
const ground = Int16Array.from({ length: SIDE * SIDE }, (_, i) => (i % SIDE === 100 ? 400 : 100));

const region = (id: string, west: number) => ({
  type: 'Feature',
  properties: { id, name: id, level: 'township', code: id },
  geometry: box(west, 26.8, west + 0.1, 27),
});
const camera = { kind: 'camera', name: '云秋山', lat: 26.9, mountHeightM: 30, hfovDeg: 6 };

describe('terrain over HTTP', () => {
  let dir: string;
  let service: TestService;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'fengsui-terrain-'));
    const dataDir = await importGround(dir, {
      side: SIDE,
      stepDeg: STEP,
      west: 113,
      north: 27,
      samples: ground,
    });
    service = await startTestService({ DATA_DIR: dataDir });
    const features = [region('w', 113), region('e', 113.1)];
    await service.call('POST', 'regions/import', { type: 'FeatureCollection', features });
    for (const [id, lon, more] of [
      ['west', 113.05, { regionId: 'w' }],
      ['east', 113.15, { regionId: 'e' }],
      ['sunk', 113.06, { regionId: 'w', groundHeightM: 10, mountHeightM: 5 }],
    ] as const) {
      const made = await service.call('POST', 'devices', { ...camera, id, lon, ...more });
      expect(made.status).toBe(201);
    }
  });
  afterAll(async () => {
    await service.stop();
    await rm(dir, { recursive: true, force: true });
  });

  it('shows what a camera sees: its side of the wall', async () => {
    const { status, body } = await service.call<Seen>('GET', 'devices/west/viewshed?rangeM=8000');
    expect(status).toBe(200);
    expect(body.eyeHeightM).toBeCloseTo(130, 3);
    const bits = Buffer.from(body.bits, 'base64');
    expect(bits.length).toBe(Math.ceil((body.width * body.height) / 8));
    const sees = (lon: number, lat: number): boolean => {
      const column = Math.floor(((lon - body.west) / (body.east - body.west)) * body.width);
      const row = Math.floor(((body.north - lat) / (body.north - body.south)) * body.height);
      const cell = row * body.width + column;
      return (((bits[cell >> 3] ?? 0) >> (7 - (cell & 7))) & 1) === 1;
    };
    expect(sees(113.08, 26.91)).toBe(true);
    expect(sees(113.1005, 26.9)).toBe(true);
    expect(sees(113.11, 26.9)).toBe(false);
    expect(body.visibleShare).toBeGreaterThan(0.5);
    expect(body.visibleShare).toBeLessThan(0.95);
    // Asked again, the same comes from the cache.
    const again = await service.call<Seen>('GET', 'devices/west/viewshed?rangeM=8000');
    expect(again.body).toEqual(body);
  });

  it('answers several at once', async () => {
    const ranges = [1_000, 2_000, 3_000];
    const shares = await Promise.all(
      ranges.map((rangeM) =>
        service.call<Seen>('GET', `devices/east/viewshed?rangeM=${String(rangeM)}`),
      ),
    );
    for (const { status, body } of shares) {
      expect(status).toBe(200);
      expect(body.visibleShare).toBeGreaterThan(0.98);
    }
  });

  it('says which cameras see a point', async () => {
    const { status, body } = await service.call<{ items: Sight[] }>(
      'GET',
      'terrain/seen-from?lon=113.09&lat=26.92&heightM=5',
    );
    expect(status).toBe(200);
    expect(body.items.map(({ deviceId, sight }) => [deviceId, sight])).toEqual([
      ['west', 'visible'],
      ['sunk', 'unknown'],
      ['east', 'hidden'],
    ]);
    const exact = geodesicInverse([113.05, 26.9], [113.09, 26.92]);
    expect(body.items[0]?.distanceM).toBeCloseTo(exact.distanceM, 3);
    expect(body.items[0]?.azimuthDeg).toBeCloseTo(exact.azimuthDeg, 6);
    expect(body.items[0]).toMatchObject({ clearanceDeg: expect.any(Number) });
    expect(body.items[2]).toMatchObject({ hiddenAtM: expect.any(Number) });
    expect(body.items[1]).toMatchObject({ reason: expect.stringMatching(/below the ground/) });
  });

  it('leaves out cameras too far away', async () => {
    const { body } = await service.call<{ items: Sight[] }>(
      'GET',
      'terrain/seen-from?lon=113.16&lat=26.9&rangeM=2000',
    );
    const placed = body.items.filter(({ distanceM }) => distanceM !== undefined);
    expect(placed.map(({ deviceId }) => deviceId)).toEqual(['east']);
  });

  it('says what to mend', async () => {
    const sunk = await service.call<Problem>('GET', 'devices/sunk/viewshed');
    expect(sunk.status).toBe(409);
    expect(sunk.body.detail).toMatch(/below the ground.*groundHeightM/);
    const off = await service.call<Problem>('GET', 'terrain/seen-from?lon=100&lat=20');
    expect([off.status, off.body.detail]).toEqual([409, 'no elevation data covers this point']);
    const far = await service.call('GET', 'devices/west/viewshed?rangeM=900000');
    expect(far.status).toBe(400);
    expect((await service.call('GET', 'devices/nobody/viewshed')).status).toBe(404);
  });

  it('shows a user the cameras of the own regions only', async () => {
    const token = await givenLogin(service, {
      username: 'of-west',
      roles: ['dispatcher'],
      regionIds: ['w'],
    });
    const theirs = await service.call('GET', 'devices/east/viewshed', undefined, token);
    expect(theirs.status).toBe(404);
    const { body } = await service.call<{ items: Sight[] }>(
      'GET',
      'terrain/seen-from?lon=113.09&lat=26.92',
      undefined,
      token,
    );
    expect(body.items.map(({ deviceId }) => deviceId)).toEqual(['west', 'sunk']);
  });
});

describe('without terrain', () => {
  it('the routes say how to get it', async () => {
    const service = await startTestService();
    try {
      await service.call('POST', 'devices', { ...camera, id: 'west', lon: 113.05 });
      for (const path of ['devices/west/viewshed', 'terrain/seen-from?lon=113&lat=26']) {
        const { status, body } = await service.call<Problem>('GET', path);
        expect(status).toBe(409);
        expect(body.detail).toMatch(/npm run terrain -- import/);
      }
    } finally {
      await service.stop();
    }
  });
});
