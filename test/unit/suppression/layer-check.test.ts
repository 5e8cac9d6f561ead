import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { burnFaults } from '../../../src/suppression/burn-check.ts';
import { heatSourceFaults } from '../../../src/suppression/heat-source-check.ts';
import { maskFaults } from '../../../src/suppression/mask-check.ts';
import { square } from './made-up.ts';

const NOW = new Date('2026-03-05T00:00:00Z');
const days = (count: number): string => new Date(NOW.getTime() + count * 86_400_000).toISOString();
const paths = (faults: { path: string }[]) => faults.map(({ path }) => path);

const polygon = (...rings: unknown[]) => ({ type: 'Polygon', coordinates: rings });
const goodBurn = {
  name: 'x',
  geometry: polygon(square(113.2, 26.7, 0.01)),
  startsAt: days(0),
  endsAt: days(1),
};

describe('burnFaults', () => {
  it('finds none in a good one, to the limits', () => {
    expect(burnFaults(goodBurn)).toEqual([]);
    expect(burnFaults({ ...goodBurn, endsAt: days(31) })).toEqual([]);
    // 0.0949° by 0.0949°: 99.3 km².
    const large = polygon(square(113.2, 26.7, 0.0949));
    expect(burnFaults({ ...goodBurn, geometry: large })).toEqual([]);
  });

  it.each([
    ['a point', { type: 'Point', coordinates: [113, 26] }, 'geometry.type', /"Point" is not/],
    ['null', null, 'geometry.type', /not Polygon or MultiPolygon/],
    ['no coordinates', { type: 'Polygon' }, 'geometry.coordinates', /array/],
    [
      'not closed',
      polygon(square(113.2, 26.7, 0.01).slice(0, 4)),
      'geometry.coordinates[0]',
      /not closed/,
    ],
    [
      'a bow-tie',
      polygon([
        [113.2, 26.7],
        [113.21, 26.71],
        [113.21, 26.7],
        [113.2, 26.71],
        [113.2, 26.7],
      ]),
      'geometry.coordinates[0]',
      /crosses itself/,
    ],
    ['swapped', polygon(square(26.7, 113.2, 0.01)), 'geometry.coordinates[0][0]', /swapped/],
    ['too large', polygon(square(113.2, 26.7, 0.0955)), 'geometry.coordinates', /100\.\d km²/],
    [
      'too large but for a hole elsewhere',
      polygon(square(113.2, 26.7, 0.0955), square(110, 26.7, 0.09)),
      'geometry.coordinates',
      /km²/,
    ],
    [
      'to and fro',
      polygon([
        [113.2, 26.7],
        [113.2, 26.71],
        [113.2, 26.72],
        [113.2, 26.7],
      ]),
      'geometry.coordinates',
      /no area/,
    ],
    [
      'too many positions',
      polygon(Array.from({ length: 2001 }, () => [113, 26])),
      'geometry.coordinates',
      /2001 positions/,
    ],
  ])('%s', (_what, geometry, path, message) => {
    const [fault, ...more] = burnFaults({ ...goodBurn, geometry });
    expect(fault).toMatchObject({ path, message: expect.stringMatching(message) });
    // Every position of the swapped ring is told, up to five.
    expect(more.length).toBeLessThan(5);
  });

  it('adds up the parts of a multipolygon', () => {
    // Each 0.07°: 7.76 km north-south by 6.96 km at its middle latitude, 54.0 km².
    const parts = [113.2, 113.4].map((west) => [square(west, 26.7, 0.07)]);
    const faults = burnFaults({
      ...goodBurn,
      geometry: { type: 'MultiPolygon', coordinates: parts },
    });
    expect(faults[0]?.message).toMatch(/encloses 108\.0 km²/);
  });

  it.each([
    [days(0), days(0), 'must be after'],
    [days(1), days(0), 'must be after'],
    [days(0), days(31.01), '31.0 days'],
    [days(0), '2026-03-06T23:59:60Z', 'not an RFC 3339 time'],
  ])('a window from %s to %s', (startsAt, endsAt, message) => {
    const faults = burnFaults({ ...goodBurn, startsAt, endsAt });
    expect(faults).toMatchObject([{ path: 'endsAt', message: expect.stringContaining(message) }]);
  });

  it('names every mistake of one body', () => {
    const wrong = { geometry: polygon([[0, 1]]), startsAt: days(2), endsAt: days(1) };
    expect(paths(burnFaults(wrong))).toEqual(['geometry.coordinates[0]', 'endsAt']);
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (body, coordinates) => {
        burnFaults(body);
        burnFaults({ geometry: body });
        burnFaults({ geometry: { type: 'Polygon', coordinates } });
        burnFaults({ geometry: { type: 'MultiPolygon', coordinates } });
        heatSourceFaults(body, NOW);
        maskFaults(body, NOW);
      }),
    );
  });
});

describe('heatSourceFaults', () => {
  it.each([
    [{ expiresAt: days(731) }, []],
    [{}, []],
    [{ expiresAt: days(731.01) }, ['expiresAt']],
    [{ expiresAt: days(0) }, ['expiresAt']],
    [{ lon: 0, lat: 0, expiresAt: days(-1) }, ['lon', 'expiresAt']],
  ])('%j', (body, expected) => {
    expect(paths(heatSourceFaults(body, NOW))).toEqual(expected);
  });
});

describe('maskFaults', () => {
  const good = { azimuthFromDeg: 350, azimuthToDeg: 10, reason: 'glint' };
  it.each([
    [{}, []],
    [{ expiresAt: days(366), azimuthFromDeg: 0, azimuthToDeg: 360 }, []],
    [{ reason: 'other', note: '养蜂人' }, []],
    [{ expiresAt: days(366.01) }, ['expiresAt']],
    [{ azimuthToDeg: 350 }, ['azimuthToDeg']],
    [{ elevationFromDeg: 5, elevationToDeg: 5 }, ['elevationToDeg']],
    [{ elevationToDeg: -90 }, ['elevationToDeg']],
    [{ reason: 'other', note: ' ' }, ['note']],
  ])('%j', (over, expected) => {
    expect(paths(maskFaults({ ...good, ...over }, NOW))).toEqual(expected);
  });
});
