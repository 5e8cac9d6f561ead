import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkImport,
  type ImportCheck,
  MAX_FEATURES,
} from '../../../src/resources/import-check.ts';
import { RESOURCE_KINDS } from '../../../src/resources/resource.ts';
import { runAtOnce } from '../../../src/resources/slices.ts';
import { ANREN, geometryNear } from './made-up.ts';

const check = (value: unknown): ImportCheck => runAtOnce(checkImport(value));

const collection = (...features: unknown[]) => ({ type: 'FeatureCollection', features });

const feature = (geometry: unknown, properties: object = {}, more: object = {}) => ({
  type: 'Feature',
  geometry,
  properties: { kind: 'water', name: 'pond', ...properties },
  ...more,
});

const point = (...coordinates: unknown[]) => ({ type: 'Point', coordinates });
const GOOD_POINT = point(113.2, 26.7);
const good = (properties: object = {}, more: object = {}) => feature(GOOD_POINT, properties, more);

const errorsOf = (value: unknown) => {
  const result = check(value);
  return result.ok ? [] : result.errors;
};

describe('a good file', () => {
  it('becomes resources, free properties kept apart', () => {
    const result = check({
      ...collection(
        good({ id: 'W-1', volumeM3: 300, tags: { a: [1] } }),
        feature(
          point(113.3, 26.8, 412.5),
          { kind: 'crew', name: ' First crew ', personId: 'li' },
          { id: 7 },
        ),
      ),
      name: 'layer',
      crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:OGC:1.3:CRS84' } },
    });
    expect(result).toEqual({
      ok: true,
      resources: [
        {
          id: 'W-1',
          kind: 'water',
          name: 'pond',
          geometry: GOOD_POINT,
          properties: { volumeM3: 300, tags: { a: [1] } },
          personId: null,
        },
        {
          id: '7',
          kind: 'crew',
          name: 'First crew',
          geometry: point(113.3, 26.8, 412.5),
          properties: {},
          personId: 'li',
        },
      ],
    });
  });

  it('may hold every geometry type, whatever its shape', () => {
    fc.assert(
      fc.property(geometryNear(ANREN, { withinM: 20_000, edgeM: 3_000 }), (geometry) => {
        expect(errorsOf(collection(feature(geometry)))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('gives features without an id the same id at every import, and equal features different ones', () => {
    const ids = (value: unknown) => {
      const result = check(value);
      return result.ok ? result.resources.map(({ id }) => id) : [];
    };
    const pump = feature(point(113.2, 26.7), { kind: 'equipment', name: 'pump' });
    const first = ids(collection(pump, pump, good()));
    expect(new Set(first).size).toBe(3);
    expect(ids(collection(pump, pump, good()))).toEqual(first);
    expect(ids(collection(good(), pump, pump)).toSorted()).toEqual(first.toSorted());
  });

  it('prefers properties.id to the row number some programs give the feature', () => {
    const result = check(collection(good({ id: 'W-1' }, { id: 0 })));
    expect(result.ok && result.resources[0]?.id).toBe('W-1');
  });

  it('may be empty', () => expect(check(collection())).toEqual({ ok: true, resources: [] }));
});

const ring = (...positions: number[][]) => ({ type: 'Polygon', coordinates: [positions] });

describe('a mistake is named with its place and how to mend it', () => {
  it.each<[string, unknown, string, RegExp]>([
    [
      'latitude out of range',
      point(113.2, 126.7),
      '.geometry.coordinates',
      /latitude 126.7 .* -90 to 90$/,
    ],
    ['swapped', point(26.7, 113.2), '.geometry.coordinates', /look swapped/],
    ['longitude out of range', point(213.2, 26.7), '.geometry.coordinates', /longitude 213.2/],
    [
      'projected metres',
      point(38412345.6, 2956789.1),
      '.geometry.coordinates',
      /not in degrees; reproject/,
    ],
    ['unknown position', point(0, 0), '.geometry.coordinates', /0\/0 means an unknown position/],
    ['infinite (1e999 in the file)', point(Infinity, 26.7), '.geometry.coordinates', /finite/],
    ['infinite height', point(113, 26, Infinity), '.geometry.coordinates', /finite/],
    ['text for a number', point('113.2', 26.7), '.geometry.coordinates', /finite numbers only/],
    ['one number', point(113.2), '.geometry.coordinates', /must be a position/],
    ['no numbers', point(), '.geometry.coordinates', /is empty/],
    ['no coordinates', { type: 'Point' }, '.geometry.coordinates', /must be a position/],
    ['no geometry', null, '.geometry', /is missing/],
    ['geometry is a text', 'POINT(113 26)', '.geometry', /must be a GeoJSON geometry/],
    [
      'unknown type',
      { type: 'Circle', coordinates: [1, 2] },
      '.geometry.type',
      /"Circle" is not one of Point, /,
    ],
    [
      'collection',
      { type: 'GeometryCollection', geometries: [] },
      '.geometry.type',
      /one feature of each/,
    ],
    [
      'line of one',
      { type: 'LineString', coordinates: [[113, 26]] },
      '.geometry.coordinates',
      /at least 2/,
    ],
    ['empty line', { type: 'LineString', coordinates: [] }, '.geometry.coordinates', /is empty/],
    [
      'bad position in a line',
      {
        type: 'LineString',
        coordinates: [
          [113, 26],
          [113, 96],
        ],
      },
      '.geometry.coordinates[1]',
      /latitude 96/,
    ],
    [
      '0/0 inside a line',
      {
        type: 'LineString',
        coordinates: [
          [113, 26],
          [0, 0],
        ],
      },
      '.geometry.coordinates[1]',
      /0\/0/,
    ],
    [
      'edge too long',
      {
        type: 'LineString',
        coordinates: [
          [113, 26],
          [11.3, 26],
        ],
      },
      '.geometry.coordinates[1]',
      /km long/,
    ],
    [
      'antimeridian',
      {
        type: 'LineString',
        coordinates: [
          [179.9, 26],
          [-179.9, 26],
        ],
      },
      '.geometry.coordinates[1]',
      /antimeridian; cut/,
    ],
    [
      'open ring',
      ring([113, 26], [114, 26], [114, 27], [113, 27]),
      '.geometry.coordinates[0]',
      /not closed/,
    ],
    ['short ring', ring([113, 26], [114, 26], [113, 26]), '.geometry.coordinates[0]', /at least 4/],
    [
      'bow-tie',
      ring([113, 26], [113.2, 26.2], [113.2, 26], [113, 26.2], [113, 26]),
      '.geometry.coordinates[0]',
      /crosses itself near \[113.100000, 26.100000\]/,
    ],
    ['no rings', { type: 'Polygon', coordinates: [] }, '.geometry.coordinates', /is empty/],
    [
      'ring too shallow',
      { type: 'Polygon', coordinates: [[113]] },
      '.geometry.coordinates[0][0]',
      /must be a position/,
    ],
    [
      'second polygon',
      {
        type: 'MultiPolygon',
        coordinates: [
          ring([113, 26], [113.1, 26], [113, 26.1], [113, 26]).coordinates,
          [[[113, 26]]],
        ],
      },
      '.geometry.coordinates[1][0]',
      /at least 4|not closed/,
    ],
    [
      'MultiLineString',
      {
        type: 'MultiLineString',
        coordinates: [
          [
            [113, 26],
            [113.1, 26],
          ],
          [[113, 26]],
        ],
      },
      '.geometry.coordinates[1]',
      /at least 2/,
    ],
    [
      'MultiPoint',
      {
        type: 'MultiPoint',
        coordinates: [
          [113, 26],
          [113, -91],
        ],
      },
      '.geometry.coordinates[1]',
      /latitude -91/,
    ],
  ])('geometry: %s', (_name, geometry, path, message) => {
    const errors = errorsOf(collection(good(), feature(geometry)));
    expect(errors).toHaveLength(1);
    expect(errors[0]?.path).toBe(`features[1]${path}`);
    expect(errors[0]?.message).toMatch(message);
  });

  it.each<[string, unknown, string, RegExp]>([
    [
      'unknown kind',
      good({ kind: 'lake' }),
      '.properties.kind',
      new RegExp(`"lake" is not one of ${RESOURCE_KINDS.join(', ')}`),
    ],
    [
      'no kind',
      good({ kind: undefined }),
      '.properties.kind',
      /is missing; it must be one of crew/,
    ],
    ['no name', good({ name: undefined }), '.properties.name', /is missing/],
    ['blank name', good({ name: '  ' }), '.properties.name', /is empty/],
    ['name is a number', good({ name: 7 }), '.properties.name', /7 must be a text/],
    ['long name', good({ name: '水'.repeat(201) }), '.properties.name', /longer than 200/],
    ['no properties', { ...good(), properties: null }, '.properties', /kind and name/],
    ['not a feature', GOOD_POINT, '', /must be a GeoJSON Feature/],
    ['null', null, '', /must be a GeoJSON Feature/],
    ['id is an object', good({ id: {} }), '.properties.id', /text or a number/],
    ['id is empty', good({ id: '' }), '.properties.id', /may not be empty/],
    ['id with a slash', good({}, { id: 'a/b' }), '.id', /may not/],
    ['id with NUL', good({ id: 'a\u0000' }), '.properties.id', /may not/],
    ['id ends in a blank', good({ id: 'a ' }), '.properties.id', /may not/],
    ['long id', good({ id: 'x'.repeat(101) }), '.properties.id', /longer than 100/],
    ['reserved id', good({ id: 'nearby' }), '.properties.id', /reserved/],
    [
      'personId is a number',
      good({ personId: 5 }),
      '.properties.personId',
      /not the id of a person/,
    ],
    [
      'a line with a person',
      feature(
        {
          type: 'LineString',
          coordinates: [
            [113, 26],
            [113.1, 26],
          ],
        },
        { personId: 'li' },
      ),
      '.properties.personId',
      /only a Point/,
    ],
  ])('feature: %s', (_name, bad, path, message) => {
    const errors = errorsOf(collection(good({ id: 'one' }), bad));
    expect(errors).toHaveLength(1);
    expect(errors[0]?.path).toBe(`features[1]${path}`);
    expect(errors[0]?.message).toMatch(message);
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, ''],
    ['an array', [], ''],
    ['a bare feature', good(), 'type'],
    ['features missing', { type: 'FeatureCollection' }, 'features'],
    [
      'projected',
      {
        ...collection(good()),
        crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::4545' } },
      },
      'crs',
    ],
    ['features no array', { type: 'FeatureCollection', features: { length: 0 } }, 'features'],
    [
      'too many',
      { type: 'FeatureCollection', features: Array.from({ length: MAX_FEATURES + 1 }) },
      'features',
    ],
  ])('file: %s', (_name, file, path) => {
    const errors = errorsOf(file);
    expect(errors).toEqual([{ path, message: expect.any(String) }]);
  });

  it.each(['urn:ogc:def:crs:EPSG::4326', 'EPSG:4490', 'urn:ogc:def:crs:OGC:1.3:CRS84'])(
    'file: %s is WGS-84',
    (name) => {
      expect(
        errorsOf({ ...collection(good()), crs: { type: 'name', properties: { name } } }),
      ).toEqual([]);
    },
  );

  it('an id twice names both', () => {
    const errors = errorsOf(
      collection(good({ id: 'a' }), good({ id: 'b' }), good({}, { id: 'a' })),
    );
    expect(errors).toEqual([
      { path: 'features[2].id', message: '"a" is already the id of features[0]' },
    ]);
  });

  it('every bad feature is told, with all that is wrong in it', () => {
    const bad = feature(point(113, 91), { kind: 'x', name: '' });
    const errors = errorsOf(collection(bad, good(), bad, bad));
    expect(errors.map(({ path }) => path)).toEqual(
      [0, 2, 3].flatMap((i) => [
        `features[${i}].geometry.coordinates`,
        `features[${i}].properties.name`,
        `features[${i}].properties.kind`,
      ]),
    );
  });

  it('the same mistake at thousands of positions is told a few times', () => {
    const line = { type: 'LineString', coordinates: Array.from({ length: 5000 }, () => [26, 113]) };
    expect(errorsOf(collection(feature(line)))).toHaveLength(5);
  });

  it('anything at all is refused or taken, never thrown at', () => {
    fc.assert(
      fc.property(
        fc.anything({ maxDepth: 4 }),
        fc.anything({ maxDepth: 4 }),
        (geometry, properties) => {
          const file = collection(feature(geometry), {
            type: 'Feature',
            geometry: GOOD_POINT,
            properties,
          });
          expect(check(file).ok).toBe(false);
        },
      ),
    );
  });
});
