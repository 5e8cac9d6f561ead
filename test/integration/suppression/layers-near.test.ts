import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { geodesicDirect, type LonLat } from '../../../src/shared/geo.ts';
import { insertHeatSource } from '../../../src/suppression/heat-source-store.ts';
import { layersNear } from '../../../src/suppression/index.ts';
import { insertBurn } from '../../../src/suppression/permitted-burn-store.ts';
import { cancelLayer } from '../../../src/suppression/suppression-store.ts';
import { insertMask } from '../../../src/suppression/view-mask-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { givenCamera } from '../../support/fixtures.ts';
import { at, burn, FIELD, kiln, mask, square } from '../../unit/suppression/made-up.ts';

let database: TestDatabase;
const act = { actor: 'person:li', at: at('07:00:00') };

beforeAll(async () => {
  database = await createTestDatabase();
  const { pool } = database;
  for (const id of ['cam-1', 'cam-2']) await givenCamera(pool, id);
  const elsewhere = { type: 'Polygon' as const, coordinates: [square(114, 27, 0.01)] };
  await insertBurn(pool, burn({ id: 'here' }), act);
  await insertBurn(pool, burn({ id: 'cancelled' }), act);
  await insertBurn(pool, burn({ id: 'elsewhere', geometry: elsewhere }), act);
  await cancelLayer(pool, { kind: 'permitted_burn', id: 'cancelled' }, act);
  await insertHeatSource(pool, kiln({ id: 'here' }), act);
  await insertHeatSource(pool, kiln({ id: 'elsewhere', lon: 114 }), act);
  await insertHeatSource(pool, kiln({ id: 'date-line', lon: 179.999, lat: -16 }), act);
  await insertMask(pool, mask({ id: 'one' }), act);
  await insertMask(pool, mask({ id: 'two', deviceId: 'cam-2' }), act);
});
afterAll(() => database.drop());

const near = async (point: LonLat, time = '09:00:00', deviceIds: string[] = []) => {
  const found = await layersNear(database.pool, { point, at: at(time), deviceIds });
  return {
    burns: found.burns.map(({ id }) => id),
    heatSources: found.heatSources.map(({ id }) => id),
    masks: found.masks.map(({ id }) => id).toSorted(),
  };
};

describe('layersNear', () => {
  it('gives what is in force there, and the masks of the devices asked about', async () => {
    expect(await near(FIELD)).toEqual({ burns: ['here'], heatSources: ['here'], masks: [] });
    expect((await near(FIELD, '09:00:00', ['cam-2', 'cam-9'])).masks).toEqual(['two']);
    expect((await near(FIELD, '09:00:00', ['cam-1', 'cam-2'])).masks).toEqual(['one', 'two']);
  });

  it('gives back what was stored, whole', async () => {
    const found = await layersNear(database.pool, {
      bbox: [113.1, 26.6, 113.3, 26.8],
      at: at('09:00:00'),
      deviceIds: ['cam-1'],
    });
    expect(found).toEqual({
      burns: [burn({ id: 'here' })],
      heatSources: [kiln({ id: 'here' })],
      masks: [mask({ id: 'one' })],
    });
  });

  it('leaves out what does not hold then', async () => {
    expect((await near(FIELD, '08:00:00')).burns).toEqual(['here']);
    expect((await near(FIELD, '07:59:59')).burns).toEqual([]);
    expect(await near(FIELD, '12:00:00', ['cam-1'])).toEqual({
      burns: ['here'],
      heatSources: [],
      masks: [],
    });
    expect((await near(FIELD, '12:00:01')).burns).toEqual([]);
  });

  it('finds a heat source up to the largest radius away, in every direction', async () => {
    for (let azimuthDeg = 0; azimuthDeg < 360; azimuthDeg += 15) {
      const point = geodesicDirect(FIELD, azimuthDeg, 5000);
      expect((await near(point)).heatSources).toEqual(['here']);
    }
  });

  it('finds it across the antimeridian', async () => {
    expect((await near([-179.999, -16])).heatSources).toEqual(['date-line']);
    expect((await near([179.99, -16])).heatSources).toEqual(['date-line']);
    expect((await near([-179.9, -16])).heatSources).toEqual([]);
  });
});
