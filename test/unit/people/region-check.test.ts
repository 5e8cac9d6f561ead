import { describe, expect, it } from 'vitest';
import { checkRegions, type KnownRegion } from '../../../src/people/region-check.ts';
import { box } from '../../support/box.ts';

const square = (lon = 113, lat = 26, size = 1) => box(lon, lat, lon + size, lat + size);

const feature = (properties: Record<string, unknown>, geometry: unknown = square()) => ({
  type: 'Feature',
  properties: { name: 'somewhere', level: 'township', ...properties },
  geometry,
});

const faults = (features: unknown[], stored: KnownRegion[] = []): string[] => {
  const result = checkRegions(features, stored);
  return result.ok ? [] : result.errors.map(({ path, message }) => `${path} ${message}`);
};

describe('checkRegions', () => {
  it('takes a county with its townships in any order, keeping what else the file says', () => {
    const result = checkRegions(
      [
        feature({ id: 'lingguan', parentId: 'anren', population: 30_000 }),
        feature({ id: 'anren', level: 'county', code: 'AR' }),
        feature({ id: 7, name: ' 永乐江镇 ', parentId: 'anren' }),
      ],
      [],
    );
    expect(result).toMatchObject({
      ok: true,
      regions: [
        { id: 'lingguan', parentId: 'anren', code: 'lingguan', properties: { population: 30_000 } },
        { id: 'anren', parentId: null, code: 'AR' },
        { id: '7', name: '永乐江镇', code: '7' },
      ],
    });
  });

  it('makes a usable code of any id', () => {
    const ids = ['a-b.c', '安仁县', '永乐江-01', 'a'.repeat(40)];
    const result = checkRegions(
      ids.map((id) => feature({ id })),
      [],
    );
    const codes = result.ok ? result.regions.map((region) => region.code) : [];
    expect(codes).toEqual(['a_b_c', expect.stringMatching(/^R[0-9A-F]{8}$/), '01', 'a'.repeat(16)]);
  });

  it('reports every bad feature with its index and reason', () => {
    const open = {
      type: 'Polygon',
      coordinates: [
        [
          [113, 26],
          [114, 26],
          [114, 27],
          [113, 27],
        ],
      ],
    };
    const list = faults([
      feature({ id: 'good' }),
      { type: 'Point', coordinates: [1, 2] },
      feature({ id: '', level: 'city' }),
      feature({ id: 'point' }, { type: 'Point', coordinates: [113, 26] }),
      feature({ id: 'open' }, open),
      feature({ id: 'swapped' }, square(26, 113)),
      feature({ id: 'metres' }, square(500_000, 2_900_000)),
      feature(
        { id: 'line' },
        {
          type: 'Polygon',
          coordinates: [
            [
              [1, 1],
              [2, 2],
              [1, 1],
              [1, 1],
            ],
          ],
        },
      ),
      feature(
        { id: 'nan' },
        {
          type: 'Polygon',
          coordinates: [
            [
              [1, 1],
              [null, 2],
              [2, 1],
              [1, 1],
            ],
          ],
        },
      ),
      feature({ id: 'default' }),
      feature({ id: 'coded', code: '安仁' }),
      feature({ id: 'good' }),
      feature({ id: 'orphan', parentId: 'nowhere' }),
    ]);
    expect(list).toEqual([
      'features[1] is not a GeoJSON Feature',
      'features[2] properties.id must be a text of 1 to 100 characters',
      'features[2] properties.level must be one of county, township, village, grid',
      'features[3] geometry must be a Polygon or MultiPolygon, not a Point',
      'features[4] ring 0: is not closed: the last position must repeat the first',
      expect.stringMatching(/^features\[5\] ring 0: position 0 \[26, 113\] .* swapped$/),
      expect.stringMatching(/^features\[6\] ring 0: position 0 .* not projected metres$/),
      'features[7] ring 0: encloses no area',
      'features[8] ring 0: position 1 is not [lon, lat] in numbers',
      'features[9] id "default" is reserved for the region that covers everything',
      'features[10] properties.code must be 1 to 16 letters, digits or _',
      'features[11] id "good" is also the id of features[0]',
      'features[12] parentId "nowhere" is neither in the file nor imported before',
    ]);
  });

  it('accepts parents that were imported before, and `default`', () => {
    const stored: KnownRegion[] = [{ id: 'anren', level: 'county', parentId: null }];
    expect(
      faults(
        [feature({ id: 'a', parentId: 'anren' }), feature({ id: 'b', parentId: 'default' })],
        stored,
      ),
    ).toEqual([]);
  });

  it('refuses a circle of parents, also one closed through stored regions', () => {
    const list = faults(
      [feature({ id: 'a', parentId: 'b' })],
      [
        { id: 'a', level: 'township', parentId: null },
        { id: 'b', level: 'village', parentId: 'a' },
      ],
    );
    expect(list).toEqual(['features[0] its parents form a circle: a → b → a']);
    expect(faults([feature({ id: 'self', parentId: 'self' })])).toEqual([
      'features[0] its parents form a circle: self → self',
    ]);
  });

  it('refuses a level that does not fit below its parent or above its stored children', () => {
    expect(faults([feature({ id: 'a' }), feature({ id: 'b', parentId: 'a' })])).toEqual([
      'features[1] a township cannot lie in the township "a"',
    ]);
    expect(
      faults(
        [feature({ id: 'a', level: 'grid' })],
        [
          { id: 'a', level: 'township', parentId: null },
          { id: 'v', level: 'village', parentId: 'a' },
        ],
      ),
    ).toEqual(['features[0] level grid does not fit: the village "v" lies in it']);
  });

  it('does not blame the children of a feature that is itself at fault', () => {
    expect(
      faults([feature({ id: 'a' }, null), feature({ id: 'b', level: 'village', parentId: 'a' })]),
    ).toEqual(['features[0] geometry must be a Polygon or MultiPolygon, not missing']);
  });
});
