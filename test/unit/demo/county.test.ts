import { booleanValid, featureCollection, intersect } from '@turf/turf';
import { describe, expect, it } from 'vitest';
import { createCounty } from '../../../src/demo/county.ts';
import { createShifts } from '../../../src/demo/people.ts';
import { isInside, regionAreaM2, townshipAt } from '../../../src/demo/regions.ts';

const county = createCounty(1);
const { cameras, docks, drones, townships, resources, people, terrain } = county;

describe('the demo county', () => {
  it('is the same for the same seed and another for another', () => {
    const plain = (seed: number): string => JSON.stringify(createCounty(seed));
    expect(plain(1)).toBe(JSON.stringify(county));
    expect(plain(2)).not.toBe(JSON.stringify(county));
  });

  it('has the size of the county it stands for', () => {
    expect([cameras.length, docks.length, drones.length, townships.length]).toEqual([
      139, 15, 15, 13,
    ]);
    expect(resources.length).toBeGreaterThan(400);
    expect(resources.filter(({ properties }) => properties.kind === 'vehicle')).toHaveLength(16);
    const total = (key: string): number =>
      resources.reduce((sum, { properties }) => sum + Number(properties[key] ?? 0), 0);
    expect(['pumps', 'hoseM', 'blowers', 'radios', 'chainsaws'].map(total)).toEqual([
      30, 30_000, 92, 200, 200,
    ]);
  });

  it('gives every thing an id of its own that may be an MQTT user name', () => {
    const ids = [...cameras, ...docks, ...drones].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(id))).toEqual([]);
    const resourceIds = resources.map(({ properties }) => properties.id);
    expect(new Set(resourceIds).size).toBe(resourceIds.length);
  });

  it.each([1, 2, 3])('puts every camera on the ground inside the county (seed %i)', (seed) => {
    const made = createCounty(seed);
    for (const camera of made.cameras) {
      expect(townshipAt(camera.at, made.townships)?.id).toBe(camera.regionId);
      expect(camera.groundHeightM).toBeCloseTo(made.terrain.heightM(camera.at), 0);
      expect(camera.mountHeightM).toBeGreaterThanOrEqual(25);
      expect(camera.mountHeightM).toBeLessThanOrEqual(45);
    }
    for (const dock of made.docks) expect(isInside(dock.at, made.county)).toBe(true);
  });

  it('keeps resources inside the county and their coordinates on Earth’s side of the comma', () => {
    const [west, south, east, north] = [113.0, 26.2, 113.7, 26.95];
    const positions = resources.flatMap(({ geometry }) =>
      geometry.type === 'Point'
        ? [geometry.coordinates]
        : geometry.type === 'LineString'
          ? geometry.coordinates
          : geometry.coordinates.flat(),
    );
    const outside = positions.filter(
      ([lon, lat]) => lon < west || lon > east || lat < south || lat > north,
    );
    expect(outside).toEqual([]);
    const kinds = new Set(resources.map(({ properties }) => properties.kind));
    expect([...kinds].sort()).toEqual(
      [
        'crew',
        'equipment',
        'firebreak',
        'grid_member',
        'helipad',
        'ranger',
        'shelter',
        'vehicle',
        'warehouse',
        'water',
      ].sort(),
    );
    const shapes = new Set(resources.map(({ geometry }) => geometry.type));
    expect(shapes).toEqual(new Set(['Point', 'LineString', 'Polygon']));
  });

  it('lets streams run downhill', () => {
    const streams = resources.filter(({ properties }) => properties.waterType === 'stream');
    expect(streams.length).toBeGreaterThan(20);
    for (const { geometry } of streams) {
      if (geometry.type !== 'LineString') continue;
      const heights = geometry.coordinates.map((at) => terrain.heightM(at));
      expect(heights.every((h, i) => i === 0 || h <= (heights[i - 1] ?? 0) + 0.5)).toBe(true);
    }
  });
});

describe('the townships', () => {
  it('are valid, cover the county and do not overlap', () => {
    for (const { region } of townships) expect(booleanValid(region)).toBe(true);
    const countyM2 = regionAreaM2(county.county);
    const sumM2 = townships.reduce((sum, { region }) => sum + regionAreaM2(region), 0);
    expect(Math.abs(sumM2 / countyM2 - 1)).toBeLessThan(1e-4);
    for (const [i, a] of townships.entries()) {
      for (const b of townships.slice(i + 1)) {
        const shared = intersect(featureCollection([a.region, b.region]));
        const sharedM2 = shared === null ? 0 : regionAreaM2(shared as typeof a.region);
        expect(sharedM2).toBeLessThan(1e-5 * countyM2);
      }
    }
  });

  it('lie around their seats, with official codes', () => {
    for (const { id, seat, region } of townships) {
      expect(isInside(seat, region)).toBe(true);
      expect(id).toMatch(/^431028\d{3}$/);
      expect(region.properties.parentId).toBe('431028');
    }
  });
});

describe('the roster', () => {
  const from = new Date('2026-04-05T03:00:00Z');
  const shifts = createShifts(people, from);

  it('has one county officer on duty at every moment of seven days', () => {
    for (let hour = 0; hour < 7 * 24; hour += 0.5) {
      const at = from.getTime() + hour * 3_600_000;
      const onDuty = shifts.filter(
        (s) => s.regionId === '431028' && s.from.getTime() <= at && at < s.to.getTime(),
      );
      expect(onDuty).toHaveLength(1);
    }
  });

  it('has an officer for every township, and every officer a phone of his own', () => {
    const regions = new Set(shifts.map(({ regionId }) => regionId));
    for (const { id } of townships) expect(regions.has(id)).toBe(true);
    const phones = people.map(({ phone }) => phone);
    expect(new Set(phones).size).toBe(phones.length);
    expect(phones.filter((phone) => !/^\+861990000\d{4}$/.test(phone))).toEqual([]);
  });
});
