import { describe, expect, it } from 'vitest';
import { createRegionLookup } from '../../../src/people/index.ts';
import type { RegionGeometry } from '../../../src/people/region.ts';
import { toGcj02 } from '../../../src/shared/gcj02.ts';
import { geodesicInverse, type LonLat } from '../../../src/shared/geo.ts';
import { resolvePlace } from '../../../src/witnesses/resolve-place.ts';

const square: RegionGeometry = {
  type: 'Polygon',
  coordinates: [
    [
      [113, 26],
      [113.1, 26],
      [113.1, 26.1],
      [113, 26],
    ],
  ],
};
const region = (
  id: string,
  name: string,
  parentId: string | null,
  geometry: RegionGeometry | null,
) => ({
  id,
  name,
  level: 'village' as const,
  parentId,
  code: id,
  geometry,
  properties: {},
});
const regions = createRegionLookup([
  region('t1', '灵官镇', null, square),
  region('t2', '龙海镇', null, null),
  region('v1', '龙溪村', 't1', null),
  region('v2', '龙溪村', 't2', square),
  region('v3', '上村', 't2', null),
]);
const place = (body: Parameters<typeof resolvePlace>[0]) => resolvePlace(body, regions);

describe('where a report says the fire is', () => {
  it('is its position, before any region; 0/0 is none', () => {
    expect(place({ lon: 113.2, lat: 26.7, regionId: 'v2' })).toEqual({
      kind: 'position',
      position: [113.2, 26.7],
      regionId: 'v2',
    });
    expect(place({ lon: 0, lat: 0, regionId: 'v2' }).kind).toBe('region');
    expect(place({ lon: 113.2 })).toMatchObject({ kind: 'unknown', path: 'lon' });
  });

  it('is on WGS-84, wherever it was read off', () => {
    const here: LonLat = [113.2692, 26.7091];
    const [lon, lat] = toGcj02(here);
    const found = place({ lon, lat, datum: 'gcj02' });
    if (found.kind !== 'position') throw new Error(found.kind);
    expect(geodesicInverse(found.position, here).distanceM).toBeLessThan(0.01);
    expect(place({ lon, lat })).toMatchObject({ position: [lon, lat] });
  });

  it('is a region, or what it lies in where nobody has drawn it', () => {
    expect(place({ village: '灵官镇龙溪村' })).toEqual({
      kind: 'region',
      regionId: 'v1',
      areaId: 't1',
    });
    expect(place({ regionId: 'v2' })).toMatchObject({ regionId: 'v2', areaId: 'v2' });
    expect(place({ regionId: 'v3' })).toMatchObject({ kind: 'unknown', path: 'regionId' });
    expect(place({ regionId: 'v9' })).toMatchObject({ kind: 'unknown', path: 'regionId' });
  });

  it('is asked for when it is not clear', () => {
    expect(place({ village: '龙溪村' })).toMatchObject({
      path: 'village',
      message: expect.stringContaining('灵官镇 龙溪村 (v1), 龙海镇 龙溪村 (v2)') as string,
    });
    expect(place({ village: '下村' })).toMatchObject({ path: 'village' });
    expect(place({})).toMatchObject({ path: 'lon' });
  });
});
