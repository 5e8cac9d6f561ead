import type { LonLat } from '../../src/shared/geo.ts';
import type { Terrain } from '../../src/terrain/index.ts';

/** Rows from north to south, samples on the edges; metres, NaN unknown. */
export type Grid = {
  west: number;
  north: number;
  stepDeg: readonly [lon: number, lat: number];
  columns: number;
  rows: number;
  heightsM: Float32Array;
};

/** A part of the world with its terrain, to simulate in. */
export type Land = {
  name: string;
  terrain: Terrain;
  bounds: { west: number; south: number; east: number; north: number };
};

const M_PER_DEG = 111_320;

/** Bilinear ground over a grid, NaN outside. `heightSigmaM`: what its heights are trusted to, one σ. */
export const gridTerrain = (grid: Grid, heightSigmaM: number): Terrain => {
  const { west, north, stepDeg, columns, rows, heightsM } = grid;
  const at = (row: number, column: number): number =>
    heightsM[row * columns + column] ?? Number.NaN;
  let maxHeightM = Number.NEGATIVE_INFINITY;
  for (const height of heightsM) if (height > maxHeightM) maxHeightM = height;
  return {
    elevationM: (lon, lat) => {
      const x = (lon - west) / stepDeg[0];
      const y = (north - lat) / stepDeg[1];
      if (!(x >= 0 && y >= 0 && x <= columns - 1 && y <= rows - 1)) return Number.NaN;
      const column = Math.min(columns - 2, Math.floor(x));
      const row = Math.min(rows - 2, Math.floor(y));
      const [fx, fy] = [x - column, y - row];
      const upper = at(row, column) * (1 - fx) + at(row, column + 1) * fx;
      const lower = at(row + 1, column) * (1 - fx) + at(row + 1, column + 1) * fx;
      return upper * (1 - fy) + lower * fy;
    },
    cellM: stepDeg[1] * M_PER_DEG,
    maxHeightM,
    heightSigmaM,
  };
};

/** Samples `heightM` on a grid of `cellM`. */
export const rasterise = (
  heightM: (at: LonLat) => number,
  { west, south, east, north }: Land['bounds'],
  cellM: number,
): Grid => {
  const latStep = cellM / M_PER_DEG;
  const lonStep = latStep / Math.cos((((south + north) / 2) * Math.PI) / 180);
  const columns = Math.ceil((east - west) / lonStep) + 1;
  const rows = Math.ceil((north - south) / latStep) + 1;
  const heightsM = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      heightsM[row * columns + column] = heightM([west + column * lonStep, north - row * latStep]);
    }
  }
  return { west, north, stepDeg: [lonStep, latStep], columns, rows, heightsM };
};
