import { describe, expect, it } from 'vitest';
import { createCounty } from '../../../src/demo/county.ts';
import { demoTile, demoTileName } from '../../../src/demo/demo-terrain.ts';
import { geodesicDirect } from '../../../src/shared/geo.ts';
import { createTerrain } from '../../../src/terrain/index.ts';

const county = createCounty(3);
const tile = demoTile(3);
const ground = createTerrain([tile]);

describe('the demo’s terrain as the service reads it', () => {
  it('is the ground the demo simulates on, to the σ it states', () => {
    let sum = 0;
    let worstM = 0;
    const count = 20_000;
    for (let i = 0; i < count; i++) {
      const [lon, lat] = [113 + 0.7 * ((i * 0.618_034) % 1), 26.2 + 0.7 * (i / count)];
      const offM = ground.elevationM(lon, lat) - county.terrain.heightM([lon, lat]);
      sum += offM * offM;
      worstM = Math.max(worstM, Math.abs(offM));
    }
    expect(Math.sqrt(sum / count)).toBeLessThan(tile.heightSigmaM / 2);
    expect(worstM).toBeLessThan(3 * tile.heightSigmaM);
  });

  it('reaches as far as cameras look, and stays a small file', () => {
    for (const { at } of county.cameras) {
      for (const azimuthDeg of [0, 90, 180, 270]) {
        const [lon, lat] = geodesicDirect(at, azimuthDeg, 15_000);
        expect(ground.covers(lon, lat)).toBe(true);
      }
    }
    expect(tile.samples.byteLength).toBeLessThan(4_000_000);
  });

  it('is another for another seed, by name and by content', () => {
    expect(demoTileName(4)).not.toBe(tile.name);
    expect(demoTile(4).samples).not.toEqual(tile.samples);
  });
});
