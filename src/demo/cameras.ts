import type { LonLat } from '../shared/geo.ts';
import type { Random } from '../shared/random.ts';
import { round6 } from './geojson.ts';
import { type Township, townshipAt } from './regions.ts';
import type { Terrain, Viewpoint } from './terrain.ts';

export const CAMERA_COUNT = 139;

export type Camera = {
  id: string;
  name: string;
  regionId: string;
  at: LonLat;
  /** Metres above mean sea level. */
  groundHeightM: number;
  /** Above ground. */
  mountHeightM: number;
  /** Horizontal field of view at the wide end of the zoom. */
  hfovDeg: number;
  azimuthSigmaDeg: number;
  /** Has a laser range finder: its detections carry `rangeM`. */
  rangeFinder: boolean;
};

/** The eye of a camera. */
export const cameraEye = ({ at, groundHeightM, mountHeightM }: Camera): Viewpoint => ({
  at,
  heightM: groundHeightM + mountHeightM,
});

type Site = { at: LonLat; township: Township; prominenceM: number };

/** About 300 m: the spacing of the places a mast might stand. */
const GRID_DEG = 0.003;
const RING_DEG = 0.012;
const BOUNDS = { west: 113.08, south: 26.28, east: 113.61, north: 26.85 };

/** How far a place stands above the mean of the ground about 1.2 km around it, metres. */
const prominence = (terrain: Terrain, [lon, lat]: LonLat): number => {
  let sum = 0;
  for (let i = 0; i < 8; i++) {
    const angle = (i * Math.PI) / 4;
    sum += terrain.heightM([lon + RING_DEG * Math.sin(angle), lat + RING_DEG * Math.cos(angle)]);
  }
  return terrain.heightM([lon, lat]) - sum / 8;
};

const candidateSites = (terrain: Terrain, townships: readonly Township[]): Site[] => {
  const sites: Site[] = [];
  for (let lon = BOUNDS.west; lon < BOUNDS.east; lon += GRID_DEG) {
    for (let lat = BOUNDS.south; lat < BOUNDS.north; lat += GRID_DEG) {
      const at: LonLat = [round6(lon), round6(lat)];
      const township = townshipAt(at, townships);
      if (township !== undefined) {
        sites.push({ at, township, prominenceM: prominence(terrain, at) });
      }
    }
  }
  return sites.sort((a, b) => b.prominenceM - a.prominenceM);
};

/** At this latitude a degree of longitude is 0.9 of one of latitude; squared, because this is asked millions of times. */
const isFarFrom = (chosen: readonly Site[], at: LonLat, spacingDeg: number): boolean => {
  for (const site of chosen) {
    const east = (site.at[0] - at[0]) * 0.9;
    const north = site.at[1] - at[1];
    if (east * east + north * north < spacingDeg * spacingDeg) return false;
  }
  return true;
};

/**
 * The best hilltops, but never two close together: the widest spacing that still leaves room for all
 * of them, so that every valley lies under several masts.
 */
const chooseSites = (sites: readonly Site[], count: number): Site[] => {
  for (let spacingDeg = 0.05; spacingDeg > 0; spacingDeg -= 0.001) {
    const chosen: Site[] = [];
    for (const site of sites) {
      if (chosen.length === count) return chosen;
      if (isFarFrom(chosen, site.at, spacingDeg)) chosen.push(site);
    }
    if (chosen.length === count) return chosen;
  }
  throw new Error(`no room for ${count} cameras`);
};

/** 139 cameras on masts, numbered from north to south within their township. */
export const createCameras = (
  terrain: Terrain,
  townships: readonly Township[],
  random: Random,
): Camera[] => {
  const sites = chooseSites(candidateSites(terrain, townships), CAMERA_COUNT).sort(
    (a, b) => a.township.id.localeCompare(b.township.id) || b.at[1] - a.at[1],
  );
  const numbers = new Map<string, number>();
  return sites.map(({ at, township }, i) => {
    const number = (numbers.get(township.id) ?? 0) + 1;
    numbers.set(township.id, number);
    return {
      id: `cam-${String(i + 1).padStart(3, '0')}`,
      name: `${township.name}${number}号塔`,
      regionId: township.id,
      at,
      groundHeightM: Math.round(terrain.heightM(at) * 10) / 10,
      mountHeightM: random.int(25, 45),
      hfovDeg: 60,
      azimuthSigmaDeg: 0.5,
      rangeFinder: random.next() < 0.12,
    };
  });
};
