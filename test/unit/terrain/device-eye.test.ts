import { describe, expect, it } from 'vitest';
import { deviceEye, mslHeightM, type Standing } from '../../../src/terrain/index.ts';
import { HERE, roundGround } from './made-ground.ts';

const [lon, lat] = HERE;
const terrain = roundGround(() => 300);
const unknown = roundGround(() => Number.NaN);
const standing: Standing = {
  lon,
  lat,
  groundHeightM: 310,
  mountHeightM: 30,
  heightRef: 'msl',
};

describe('the eye of a device', () => {
  it('stands as high as was stated', () => {
    expect(deviceEye(terrain, standing)).toEqual({ kind: 'eye', eye: { lon, lat, heightM: 340 } });
    expect(deviceEye(unknown, standing)).toEqual({ kind: 'eye', eye: { lon, lat, heightM: 340 } });
  });

  it('is brought down from the ellipsoid to sea level', () => {
    const placed = deviceEye(terrain, { ...standing, heightRef: 'ellipsoid' });
    expect(placed).toEqual({
      kind: 'eye',
      eye: { lon, lat, heightM: mslHeightM(lon, lat, 310) + 30 },
    });
  });

  it.each<Partial<Standing>>([{ groundHeightM: null }, { heightRef: 'takeoff' }])(
    'stands on the terrain with %j',
    (change) => {
      expect(deviceEye(terrain, { ...standing, ...change })).toEqual({
        kind: 'eye',
        eye: { lon, lat, heightM: 330 },
      });
      expect(deviceEye(unknown, { ...standing, ...change })).toMatchObject({
        kind: 'nowhere',
        reason: expect.stringMatching(/no elevation data/),
      });
    },
  );

  it('is taken to be 20 m up when nobody said', () => {
    expect(deviceEye(terrain, { ...standing, mountHeightM: null })).toMatchObject({
      eye: { heightM: 330 },
    });
  });

  it('a little below the terrain is lifted onto it; far below, its height is wrong', () => {
    expect(deviceEye(terrain, { ...standing, groundHeightM: 290, mountHeightM: 5 })).toMatchObject({
      eye: { heightM: 305 },
    });
    expect(deviceEye(terrain, { ...standing, groundHeightM: 30 })).toMatchObject({
      kind: 'nowhere',
      reason: expect.stringMatching(/60 m above sea.*below the ground \(300 m\).*groundHeightM/),
    });
  });

  it('is nowhere without a position', () => {
    expect(deviceEye(terrain, { ...standing, lon: null })).toMatchObject({ kind: 'nowhere' });
  });
});
