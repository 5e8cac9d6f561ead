import { geodesicDirect, type LonLat } from '../shared/geo.ts';
import type { Random } from '../shared/random.ts';
import { toPosition } from './geojson.ts';
import { isInside, type Region, type Township } from './regions.ts';
import type { Terrain } from './terrain.ts';

export const DOCK_COUNT = 15;

export type Dock = {
  /** Serial number in the maker's shape; no such dock exists. */
  id: string;
  name: string;
  regionId: string;
  at: LonLat;
  /** Metres above mean sea level. */
  groundHeightM: number;
};

export type Drone = {
  id: string;
  name: string;
  regionId: string;
  dock: Dock;
  /** Corners of its patrol round, flown in turn, starting and ending at the dock. */
  patrol: LonLat[];
};

/** A corner of a patrol: forward of the dock by 1.5 to 3.5 km, and not over the neighbour county. */
const patrolCorner = (dock: LonLat, azimuthDeg: number, county: Region, random: Random): LonLat => {
  for (let distanceM = random.between(2_000, 3_500); distanceM > 300; distanceM *= 0.8) {
    const corner = geodesicDirect(dock, azimuthDeg, distanceM);
    if (isInside(corner, county)) return corner;
  }
  return dock;
};

const createPatrol = (dock: LonLat, county: Region, random: Random): LonLat[] => {
  const first = random.between(0, 360);
  return [0, 1, 2, 3, 4].map((i) => patrolCorner(dock, first + i * 72, county, random));
};

/** A dock near each township seat, a second one in the two largest forests; a drone in each dock. */
export const createFleet = (
  terrain: Terrain,
  county: Region,
  townships: readonly Township[],
  random: Random,
): { docks: Dock[]; drones: Drone[] } => {
  const large = townships.filter(({ name }) => name === '龙海镇' || name === '金紫仙镇');
  const homes = [...townships, ...large].slice(0, DOCK_COUNT);
  const docks = homes.map(({ id, name, seat }, i): Dock => {
    const second = i >= townships.length;
    const distanceM = second ? random.between(3_000, 4_000) : random.between(300, 900);
    const place = geodesicDirect(seat, random.between(0, 360), distanceM);
    const at = toPosition(isInside(place, county) ? place : seat);
    return {
      id: `7CTDM0000D${String(i + 1).padStart(3, '0')}`,
      name: `${name}${second ? '2号' : ''}机巢`,
      regionId: id,
      at,
      groundHeightM: Math.round(terrain.heightM(at) * 10) / 10,
    };
  });
  const drones = docks.map((dock, i): Drone => {
    const number = String(i + 1).padStart(3, '0');
    return {
      id: `1581F0000D${number}`,
      name: `${dock.name.replace('机巢', '')}无人机`,
      regionId: dock.regionId,
      dock,
      patrol: createPatrol(dock.at, county, random),
    };
  });
  return { docks, drones };
};
