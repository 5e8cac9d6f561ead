import type { CountyConfig } from '../shared/county-config.ts';
import type { LonLat } from '../shared/geo.ts';
import type { Satellite } from './satellite.ts';

/** One pixel in which a satellite saw heat. */
export type Hotspot = {
  satellite: Satellite;
  observedAt: Date;
  /** Centre of the pixel, WGS-84. */
  position: LonLat;
  /** Diagonal of the pixel on the ground, metres: pixels grow towards the edge of a swath. */
  diagonalM: number;
  /** 0 to 1. */
  confidence: number;
  /** Fire radiative power, megawatts; null = not said. */
  frpMw: number | null;
  /** The line of the file. */
  line: number;
  /** The row as it came. */
  row: string;
};

/** What is wrong with a row. Lines count from 1. */
export type RowFault = { line: number; message: string };

export type ReadHotspots = { hotspots: Hotspot[]; faults: RowFault[]; rows: number };

/**
 * 95 % radius of the fire about the centre of its pixel, metres: the county's radius for this sensor, which holds for a
 * pixel at nadir, larger by as much as the pixel is.
 */
export const radiusM = (
  { satellite, diagonalM }: Pick<Hotspot, 'satellite' | 'diagonalM'>,
  { reportedRadiusM }: Pick<CountyConfig['locate'], 'reportedRadiusM'>,
): number =>
  reportedRadiusM[satellite.sensor] * Math.max(1, diagonalM / NADIR_DIAGONAL_M[satellite.sensor]);

/** Pixels of 375 m, 1 km and 2 km. */
const NADIR_DIAGONAL_M = {
  viirs: 375 * Math.SQRT2,
  modis: 1_000 * Math.SQRT2,
  himawari: 2_000 * Math.SQRT2,
} as const;
