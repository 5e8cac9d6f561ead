import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Region, RegionLevel } from '../../../src/people/region.ts';
import { createRegionLookup } from '../../../src/people/region-index.ts';
import { concerningRegions, visibleRegions } from '../../../src/people/visible-regions.ts';
import { box } from '../../support/box.ts';

type Square = {
  id: string;
  level: RegionLevel;
  parentId?: string;
  at: [number, number];
  size: number;
};

const region = ({ id, level, parentId, at: [lon, lat], size }: Square): Region => ({
  id,
  name: `name of ${id}`,
  level,
  parentId: parentId ?? null,
  code: id,
  geometry: box(lon, lat, lon + size, lat + size),
  properties: {},
});

const county = region({ id: 'county', level: 'county', at: [113, 26], size: 1 });
const west = region({
  id: 'west',
  level: 'township',
  parentId: 'county',
  at: [113, 26],
  size: 0.5,
});
const east = region({
  id: 'east',
  level: 'township',
  parentId: 'county',
  at: [113.5, 26],
  size: 0.5,
});
const village = region({
  id: 'a-village',
  level: 'village',
  parentId: 'west',
  at: [113.1, 26.1],
  size: 0.1,
});
const grid = region({
  id: 'grid',
  level: 'grid',
  parentId: 'a-village',
  at: [113.1, 26.1],
  size: 0.05,
});
const list = [county, west, east, village, grid];
const lookup = createRegionLookup(list);
const idsAt = (lon: number, lat: number) => lookup.regionsAt([lon, lat]).map(({ id }) => id);

describe('region lookup', () => {
  it('answers most specific first and always ends with default', () => {
    expect(idsAt(113.12, 26.12)).toEqual(['grid', 'a-village', 'west', 'county', 'default']);
    expect(idsAt(113.7, 26.2)).toEqual(['east', 'county', 'default']);
    expect(idsAt(0, 0)).toEqual(['default']);
  });

  it('gives a point on a border to both sides, in the order of their ids', () => {
    expect(idsAt(113.5, 26.2)).toEqual(['east', 'west', 'county', 'default']);
    const shuffled = createRegionLookup([...list].reverse());
    expect(shuffled.regionsAt([113.5, 26.2]).map(({ id }) => id)).toEqual(idsAt(113.5, 26.2));
  });

  it('leaves out holes', () => {
    const holed: Region = {
      ...county,
      geometry: {
        type: 'Polygon',
        coordinates: [
          ...(county.geometry?.type === 'Polygon' ? county.geometry.coordinates : []),
          [
            [113.4, 26.4],
            [113.6, 26.4],
            [113.6, 26.6],
            [113.4, 26.6],
            [113.4, 26.4],
          ],
        ],
      },
    };
    const withHole = createRegionLookup([holed]);
    expect(withHole.regionsAt([113.5, 26.5]).map(({ id }) => id)).toEqual(['default']);
  });

  it('finds the same regions as without the bounding boxes, whatever the order of the list', () => {
    const inside = ([lon, lat]: [number, number], { at: [x, y], size }: Square) =>
      lon >= x && lon <= x + size && lat >= y && lat <= y + size;
    const squareArb = fc.record({
      at: fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 })),
      size: fc.integer({ min: 1, max: 10 }),
      level: fc.constantFrom<RegionLevel>('county', 'township', 'village', 'grid'),
    });
    fc.assert(
      fc.property(
        fc.array(squareArb, { maxLength: 12 }),
        fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 })),
        (squares, [x, y]) => {
          const named = squares.map((square, index) => ({ ...square, id: `r${index}` }));
          const point: [number, number] = [x / 2, y / 2];
          const found = createRegionLookup(named.map(region)).regionsAt(point);
          const expected = named.filter((square) => inside(point, square)).map(({ id }) => id);
          expect(found.map(({ id }) => id).sort()).toEqual([...expected, 'default'].sort());
          const ranks = found
            .slice(0, -1)
            .map(({ level }) => ['grid', 'village', 'township', 'county'].indexOf(level));
          expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
        },
      ),
    );
  });

  it('chains upwards to default, also from a region it does not know', () => {
    expect(lookup.chain('grid')).toEqual(['grid', 'a-village', 'west', 'county', 'default']);
    expect(lookup.chain('default')).toEqual(['default']);
    expect(lookup.chain('new')).toEqual(['new', 'default']);
    expect(lookup.placeNames('a-village')).toEqual([
      'name of county',
      'name of west',
      'name of a-village',
    ]);
    expect(lookup.placeNames('default')).toEqual([]);
  });

  it('looks down for what may be seen and up for who matters', () => {
    expect([...lookup.descendants(['west'])].sort()).toEqual(['a-village', 'grid', 'west']);
    expect(visibleRegions({ regionIds: [] }, lookup)).toBeNull();
    expect(visibleRegions({ regionIds: ['default'] }, lookup)).toBeNull();
    expect(visibleRegions({ regionIds: ['east'] }, lookup)).toEqual(new Set(['east']));
    expect(concerningRegions({ regionIds: ['east'] }, lookup)).toEqual(
      new Set(['east', 'county', 'default']),
    );
  });
});
