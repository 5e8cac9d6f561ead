import { DROP_PER_M2 } from './curvature.ts';
import { groundPath } from './ground-path.ts';
import { createLocalMetres } from './local-metres.ts';
import type { Eye, Terrain } from './terrain.ts';
import { M_PER_DEG, type Raster } from './tile.ts';

/** Cells a viewshed may have, half a megabyte of bits: 60 km across in SRTM 1″. More ground is looked at coarser. */
const MAX_CELLS = 4_200_000;

export type ViewshedOptions = {
  /** 100 to 50 000 m on the ground. */
  rangeM: number;
  /** What is looked for stands this high above the ground, metres. */
  targetHeightM: number;
};

/** Outer edges in degrees, and one bit per cell. */
export type Viewshed = {
  west: number;
  south: number;
  east: number;
  north: number;
  width: number;
  height: number;
  /** Rows from north, cells from west, without gaps: cell i is bit 7 − i mod 8 of byte ⌊i / 8⌋; 1 = seen. */
  bits: Uint8Array;
  seenCells: number;
  /** Cells in range whose ground is known. */
  knownCells: number;
};

/**
 * What `eye` sees of the ground around it: each cell's own middle (a sample of the raster, if the terrain has
 * one) against the horizon in its direction. Horizons are followed along azimuths one cell apart at the
 * edge of the range, so each cell is judged by one that passes within half a cell. Curvature and
 * refraction (k = 0.13) in. Unknown ground counts as the highest there is: what might be hidden is not seen.
 */
export const viewshed = (
  terrain: Terrain & { raster?: Raster },
  eye: Eye,
  { rangeM, targetHeightM }: ViewshedOptions,
): Viewshed => {
  const lattice = latticeAround(terrain, eye, rangeM);
  const { west, north, lonStep, latStep, width, height } = lattice;
  const horizons = followHorizons(terrain, eye, rangeM);
  const metres = createLocalMetres(eye);
  const bits = new Uint8Array(Math.ceil((width * height) / 8));
  let seenCells = 0;
  let knownCells = 0;
  for (let row = 0; row < height; row++) {
    const lat = north - row * latStep;
    const toMetres = metres.atLat(lat);
    for (let column = 0; column < width; column++) {
      const lon = west + column * lonStep;
      const east = (lon - eye.lon) * toMetres.eastPerDeg;
      const distanceM = Math.hypot(east, toMetres.northM);
      if (distanceM > rangeM) continue;
      const groundM = terrain.elevationM(lon, lat);
      if (Number.isNaN(groundM)) continue;
      knownCells += 1;
      const azimuthRad =
        Math.atan2(east, toMetres.northM) - (lon - eye.lon) * toMetres.convergencePerDeg;
      const slope = (groundM + targetHeightM - eye.heightM) / distanceM - DROP_PER_M2 * distanceM;
      if (slope < horizonBefore(horizons, azimuthRad, distanceM)) continue;
      const cell = row * width + column;
      bits[cell >> 3] = (bits[cell >> 3] ?? 0) | (0x80 >> (cell & 7));
      seenCells += 1;
    }
  }
  return {
    west: west - lonStep / 2,
    south: north - (height - 0.5) * latStep,
    east: west + (width - 0.5) * lonStep,
    north: north + latStep / 2,
    width,
    height,
    bits,
    seenCells,
    knownCells,
  };
};

/** The middle of the first cell, and the steps; degrees. */
type Lattice = Omit<Raster, 'samples'>;

/** Cells on the raster's samples, or every second, third … of them if there are too many. */
const latticeAround = (
  { raster, cellM }: Terrain & { raster?: Raster },
  eye: Eye,
  rangeM: number,
): Lattice => {
  const narrow = Math.max(0.01, Math.cos((eye.lat * Math.PI) / 180));
  const base = raster ?? {
    west: eye.lon,
    north: eye.lat,
    lonStep: cellM / M_PER_DEG / narrow,
    latStep: cellM / M_PER_DEG,
  };
  // A degree of latitude has 110.57 km at least; one percent covers it.
  const reachLat = (rangeM * 1.01) / M_PER_DEG;
  const reachLon = reachLat / narrow;
  const every = Math.ceil(
    Math.sqrt((4 * reachLon * reachLat) / (base.lonStep * base.latStep) / MAX_CELLS),
  );
  const [lonStep, latStep] = [base.lonStep * every, base.latStep * every];
  const first = Math.ceil((eye.lon - reachLon - base.west) / lonStep);
  const last = Math.floor((eye.lon + reachLon - base.west) / lonStep);
  const top = Math.ceil((base.north - eye.lat - reachLat) / latStep);
  const bottom = Math.floor((base.north - eye.lat + reachLat) / latStep);
  return {
    west: base.west + first * lonStep,
    north: base.north - top * latStep,
    lonStep,
    latStep,
    width: last - first + 1,
    height: bottom - top + 1,
  };
};

type Horizons = { stepM: number; steps: number; azimuths: number; slopes: Float32Array };

/** For each azimuth and distance (k + 1) · stepM: the steepest ground up to there, as a slope from the eye. */
const followHorizons = (terrain: Terrain, eye: Eye, rangeM: number): Horizons => {
  const steps = Math.max(1, Math.ceil(rangeM / terrain.cellM));
  const stepM = rangeM / steps;
  const azimuths = Math.max(8, Math.ceil((2 * Math.PI * rangeM) / terrain.cellM));
  const slopes = new Float32Array(azimuths * steps);
  const { heightM: eyeM } = eye;
  for (let i = 0; i < azimuths; i++) {
    const path = groundPath([eye.lon, eye.lat], (i * 360) / azimuths, rangeM);
    const { lon0, lon1, lon2, lat0, lat1, lat2 } = path;
    let highest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < steps; k++) {
      const d = (k + 1) * stepM;
      const ground = terrain.elevationM(lon0 + d * (lon1 + d * lon2), lat0 + d * (lat1 + d * lat2));
      const groundM = Number.isNaN(ground) ? terrain.maxHeightM : ground;
      const slope = (groundM - eyeM) / d - DROP_PER_M2 * d;
      if (slope > highest) highest = slope;
      slopes[i * steps + k] = highest;
    }
  }
  return { stepM, steps, azimuths, slopes };
};

/** The horizon up to half a cell before the target: its own cell does not hide it. */
const horizonBefore = (
  { stepM, steps, azimuths, slopes }: Horizons,
  azimuthRad: number,
  distanceM: number,
): number => {
  const k = Math.min(steps, Math.floor(distanceM / stepM - 0.5)) - 1;
  if (k < 0) return Number.NEGATIVE_INFINITY;
  const turn = azimuthRad / (2 * Math.PI);
  const i = Math.round((turn - Math.floor(turn)) * azimuths) % azimuths;
  return slopes[i * steps + k] ?? Number.POSITIVE_INFINITY;
};
