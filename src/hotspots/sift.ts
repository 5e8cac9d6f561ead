import { geodesicDirect, geodesicInverse, type LonLat } from '../shared/geo.ts';
import type { CountyArea } from './county-area.ts';
import { gatherFires, type HotArea, OVERPASS_MS, type Placed } from './gather-fires.ts';
import type { RowFault } from './hotspot.ts';

/** A detection of a satellite there is already. `radiusM`: 95 %, about its position. */
export type SeenPlace = {
  deviceId: string;
  observedAt: Date;
  position: LonLat;
  radiusM: number;
};

type ClipRules = {
  now: Date;
  /** Older ones are left out, milliseconds: a table of last year must not ring anybody's phone. */
  maxAgeMs: number;
} & CountyArea;

/** Rows that lead to no detection, by why. */
export type LeftOut = { old: number; outside: number; known: number; weak: number };

/** A clock may be a little ahead; a day ahead it is wrong. */
const MAX_AHEAD_MS = 600_000;

/** Those of the county that are recent enough; and how many are not. A time that is yet to come is a fault. Pure. */
export const clip = (
  hotspots: readonly Placed[],
  { now, maxAgeMs, ...county }: ClipRules,
): { hotspots: Placed[]; leftOut: Pick<LeftOut, 'old' | 'outside'>; faults: RowFault[] } => {
  const leftOut = { old: 0, outside: 0 };
  const faults: RowFault[] = [];
  const kept = hotspots.filter((hotspot) => {
    const ageMs = now.getTime() - hotspot.observedAt.getTime();
    if (ageMs < -MAX_AHEAD_MS) {
      const at = hotspot.observedAt.toISOString();
      faults.push({ line: hotspot.line, message: `${at} is yet to come` });
      return false;
    }
    if (ageMs > maxAgeMs) leftOut.old += 1;
    else if (!touches(hotspot, county)) leftOut.outside += 1;
    else return true;
    return false;
  });
  return { hotspots: kept, leftOut, faults };
};

const AROUND_DEG = [0, 45, 90, 135, 180, 225, 270, 315];

/** No circle reaches farther, degrees; half the world's hotspots are told to be elsewhere by this alone. */
const REACH_DEG = 0.5;

/** The fire is somewhere in the circle, so one across the border may be on this side of it. */
const touches = ({ position, radiusM }: Placed, { inside, bbox }: CountyArea): boolean => {
  const [lon, lat] = position;
  const [west, south, east, north] = bbox;
  if (lon < west - REACH_DEG || lon > east + REACH_DEG) return false;
  if (lat < south - REACH_DEG || lat > north + REACH_DEG) return false;
  return (
    inside(position) || AROUND_DEG.some((deg) => inside(geodesicDirect(position, deg, radiusM)))
  );
};

/** Of those within the county: what is new, as areas; one none of whose pixels reaches `minConfidence` is left out. Pure. */
export const sift = (
  hotspots: readonly Placed[],
  seen: readonly SeenPlace[],
  minConfidence: number,
): { areas: HotArea[]; leftOut: Pick<LeftOut, 'known' | 'weak'> } => {
  const fresh = hotspots.filter((hotspot) => !seen.some((place) => isWithin(hotspot, place)));
  const areas = gatherFires(fresh);
  const strong = areas.filter(({ confidence }) => confidence >= minConfidence);
  const kept = strong.reduce((sum, area) => sum + area.hotspots.length, 0);
  return {
    areas: strong,
    leftOut: { known: hotspots.length - fresh.length, weak: fresh.length - kept },
  };
};

/**
 * What the same satellite reported in the same overpass, within that circle: the row of an hour ago, published anew with
 * a better orbit or a time a minute off.
 */
const isWithin = (hotspot: Placed, place: SeenPlace): boolean =>
  hotspot.satellite.id === place.deviceId &&
  Math.abs(hotspot.observedAt.getTime() - place.observedAt.getTime()) <= OVERPASS_MS &&
  geodesicInverse(hotspot.position, place.position).distanceM <= place.radiusM;
