import { geodesicDirect, type LonLat } from '../shared/geo.ts';
import type { Random } from '../shared/random.ts';
import { type LineString, type Point, type Polygon, toPosition } from './geojson.ts';
import { isInside, type Region, type Township } from './regions.ts';
import type { Terrain } from './terrain.ts';

export type Country = {
  terrain: Terrain;
  county: Region;
  townships: readonly Township[];
};

/** A place within `maxM` of a township's seat and inside the county. */
export const placeNear = (
  { seat }: Township,
  county: Region,
  random: Random,
  maxM: number,
): LonLat => {
  for (let tries = 0; tries < 20; tries++) {
    // The square root spreads places evenly over the disc instead of crowding the seat.
    const at = geodesicDirect(seat, random.between(0, 360), maxM * Math.sqrt(random.next()));
    if (isInside(at, county)) return at;
  }
  return seat;
};

export const point = (at: LonLat): Point => ({ type: 'Point', coordinates: toPosition(at) });

export const pond = (at: LonLat, random: Random): Polygon => {
  const radiusM = random.between(25, 140);
  const shore = Array.from({ length: 10 }, (_, i) =>
    toPosition(geodesicDirect(at, -i * 36, radiusM * random.between(0.7, 1.2))),
  );
  return { type: 'Polygon', coordinates: [[...shore, ...shore.slice(0, 1)]] };
};

/** Follows the ground from `start` in steps of `stepM`: to the lowest (`down`) or highest (`up`) of the headings allowed. */
const follow = (
  { terrain, county }: Country,
  start: LonLat,
  { way, steps, stepM }: { way: 'down' | 'up'; steps: number; stepM: number },
): LonLat[] => {
  const path = [start];
  let at = start;
  let heading: number | undefined;
  for (let i = 0; i < steps; i++) {
    const from: number = heading ?? 0;
    const reach = heading === undefined ? 180 : 60;
    let best: { at: LonLat; heightM: number; heading: number } | undefined;
    for (let turn = -reach; turn <= reach; turn += 15) {
      const next = geodesicDirect(at, from + turn, stepM);
      const heightM = terrain.heightM(next);
      const better =
        best === undefined || (way === 'down' ? heightM < best.heightM : heightM > best.heightM);
      if (better) best = { at: next, heightM, heading: from + turn };
    }
    // A stream that can only climb has reached its valley floor.
    if (best === undefined || !isInside(best.at, county)) break;
    if (way === 'down' && best.heightM > terrain.heightM(at)) break;
    at = best.at;
    heading = best.heading;
    path.push(at);
  }
  return path;
};

const STEP_M = 150;

const line = (path: readonly LonLat[]): LineString => ({
  type: 'LineString',
  coordinates: path.map(toPosition),
});

/** A brook from a spring down to its valley floor, at most 6 km. */
export const streamFrom = (country: Country, spring: LonLat): LineString | Point => {
  const course = follow(country, spring, { way: 'down', steps: 40, stepM: STEP_M });
  return course.length > 1 ? line(course) : point(spring);
};

/** A cleared strip along a crest, `steps` × 150 m. */
export const firebreakFrom = (
  country: Country,
  start: LonLat,
  steps: number,
): LineString | Point => {
  const crest = follow(country, start, { way: 'up', steps, stepM: STEP_M });
  return crest.length > 1 ? line(crest) : point(start);
};

/** The lowest or highest of a few places: where water gathers, where a ridge begins. */
export const extremePlace = (
  country: Country,
  township: Township,
  random: Random,
  way: 'down' | 'up',
): LonLat => {
  const places = Array.from({ length: 6 }, () =>
    placeNear(township, country.county, random, 6_500),
  );
  const sign = way === 'down' ? 1 : -1;
  return places.reduce((best, at) =>
    sign * country.terrain.heightM(at) < sign * country.terrain.heightM(best) ? at : best,
  );
};
