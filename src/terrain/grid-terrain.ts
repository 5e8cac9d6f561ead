import type { Terrain } from './terrain.ts';
import { heightRange, M_PER_DEG, type Raster, VOID } from './tile.ts';

/** A terrain that is one raster. Its samples may lie in shared memory, so that a worker reads them in place. */
export type GridTerrain = Terrain & {
  raster: Raster;
  covers(lon: number, lat: number): boolean;
};

/** A place this share of a cell outside the outermost samples is on them: rounding of degrees. */
const EDGE = 1e-6;

/**
 * The ground between the samples of a raster, bilinear. Void where a sample that counts is void.
 * `width` and `height` ≥ 2.
 */
export const gridTerrain = (raster: Raster, heightSigmaM: number): GridTerrain => {
  const { west, north, lonStep, latStep, width, height, samples } = raster;
  const [perLon, perLat] = [1 / lonStep, 1 / latStep];
  const [lastX, lastY] = [width - 1, height - 1];
  const { highestM } = heightRange(samples);

  const elevationM = (lon: number, lat: number): number => {
    const x = (lon - west) * perLon;
    const y = (north - lat) * perLat;
    if (!(x >= -EDGE && y >= -EDGE && x <= lastX + EDGE && y <= lastY + EDGE)) return Number.NaN;
    // The last sample belongs to the cell before it.
    let column = x | 0;
    let row = y | 0;
    if (column === lastX) column -= 1;
    if (row === lastY) row -= 1;
    const at = row * width + column;
    const northWest = samples[at] as number;
    const northEast = samples[at + 1] as number;
    const southWest = samples[at + width] as number;
    const southEast = samples[at + width + 1] as number;
    const fx = x - column;
    const fy = y - row;
    const upper = northWest + (northEast - northWest) * fx;
    const lower = southWest + (southEast - southWest) * fx;
    const heightM = upper + (lower - upper) * fy;
    if (
      northWest === VOID ||
      northEast === VOID ||
      southWest === VOID ||
      southEast === VOID ||
      Number.isNaN(heightM)
    ) {
      return besideVoid([northWest, northEast, southWest, southEast], fx, fy);
    }
    return heightM;
  };

  // Cells are narrower towards the pole: the narrowest decides.
  const furthestLat = Math.max(Math.abs(north), Math.abs(north - lastY * latStep));
  const narrowest = lonStep * Math.max(0.01, Math.cos((furthestLat * Math.PI) / 180));
  return {
    raster,
    elevationM,
    cellM: Math.min(latStep, narrowest) * M_PER_DEG,
    maxHeightM: highestM,
    heightSigmaM,
    covers: (lon, lat) => {
      const x = (lon - west) * perLon;
      const y = (north - lat) * perLat;
      return x >= -EDGE && y >= -EDGE && x <= lastX + EDGE && y <= lastY + EDGE;
    },
  };
};

/** On a sample or between two, the others do not count, be they void. */
const besideVoid = (corners: readonly number[], fx: number, fy: number): number => {
  const weights = [(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy];
  let heightM = 0;
  for (const [i, corner] of corners.entries()) {
    const weight = weights[i] ?? 0;
    if (Math.abs(weight) <= EDGE) continue;
    if (corner === VOID) return Number.NaN;
    heightM += weight * corner;
  }
  return heightM;
};
