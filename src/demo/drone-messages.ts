import { geodesicDirect, geodesicInverse, type LonLat } from '../shared/geo.ts';
import { newId } from '../shared/ids.ts';
import type { Random } from '../shared/random.ts';
import type { Flight } from './flight.ts';

export type DroneDetection = {
  id: string;
  at: string;
  kind: 'flame';
  confidence: number;
  azimuthDeg: number;
  rangeM: number;
  lon: number;
  lat: number;
  temperatureC: number;
};

/** Laser, gimbal and satellite fix together, metres (1 σ on each axis). */
const POSITION_SIGMA_M = 8;

/** What an aircraft that watches the fire says: where its laser meets the flames. */
export const droneDetection = (
  flight: Flight,
  fire: LonLat,
  at: Date,
  random: Random,
): DroneDetection => {
  const east = geodesicDirect(fire, 90, random.normal() * POSITION_SIGMA_M);
  const [lon, lat] = geodesicDirect(east, 0, random.normal() * POSITION_SIGMA_M);
  const { distanceM, azimuthDeg } = geodesicInverse(flight.at, [lon, lat]);
  return {
    id: newId(),
    at: at.toISOString(),
    kind: 'flame',
    confidence: 0.96,
    azimuthDeg: Number(azimuthDeg.toFixed(2)) % 360,
    rangeM: Math.round(distanceM),
    lon: Number(lon.toFixed(6)),
    lat: Number(lat.toFixed(6)),
    temperatureC: random.int(320, 640),
  };
};
