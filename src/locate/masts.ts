import { geodesicInverse } from '../shared/geo.ts';
import type { Station } from './sighting.ts';

/** Cameras nearer to each other than this stand on one mast: one vantage, one pair of eyes. */
const ONE_MAST_M = 100;

export const onOneMast = (a: Station, b: Station): boolean =>
  geodesicInverse([a.lon, a.lat], [b.lon, b.lat]).distanceM < ONE_MAST_M;
