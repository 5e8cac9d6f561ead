import { AppError } from '../shared/app-error.ts';
import { type GridTerrain, gridTerrain } from './grid-terrain.ts';
import { type Raster, type Tile, VOID } from './tile.ts';

/** What a terrain may take in memory: 1 GiB holds a province in SRTM 1″. More is a stray tile on another continent. */
const MAX_BYTES = 2 ** 30;
/** Samples this near, in cells, to a sample of the mosaic are copied as they are. */
const ALIGNED = 0.02;

/**
 * One raster from all tiles, with the finest spacing among them, in shared memory. Tiles on its grid are
 * copied, others resampled bilinearly; where tiles overlap, the finer one wins, and a void never covers
 * what another tile knows. Heights stay int16 if all are. Throws AppError('startup') when no tile is given,
 * or the box around them is too large.
 */
export const createTerrain = (tiles: readonly Tile[]): GridTerrain => {
  const coarseFirst = [...tiles].sort((a, b) => b.latStep * b.lonStep - a.latStep * a.lonStep);
  const mosaic = emptyMosaic(tiles);
  for (const tile of coarseFirst) {
    if (isAligned(tile, mosaic)) copy(tile, mosaic);
    else resample(tile, mosaic);
  }
  const heightSigmaM = coarseFirst.reduce((worst, tile) => Math.max(worst, tile.heightSigmaM), 0);
  return gridTerrain(mosaic, heightSigmaM);
};

/** A tile without its samples is enough to know whether it fits. */
type Outline = Omit<Raster, 'samples'> & { name: string; whole: boolean };

/**
 * The box around all tiles on the finest tile's grid. Throws AppError('startup') when there is no tile, or
 * the box is too large to keep in memory.
 */
export const mosaicBox = (
  tiles: readonly Outline[],
): Omit<Raster, 'samples'> & { whole: boolean } => {
  const [finest] = [...tiles].sort((a, b) => a.latStep * a.lonStep - b.latStep * b.lonStep);
  if (finest === undefined) throw new AppError('startup', 'no terrain tile to build on');
  const { lonStep, latStep } = finest;
  const west = Math.min(...tiles.map((tile) => tile.west));
  const north = Math.max(...tiles.map((tile) => tile.north));
  const east = Math.max(...tiles.map((tile) => tile.west + (tile.width - 1) * tile.lonStep));
  const south = Math.min(...tiles.map((tile) => tile.north - (tile.height - 1) * tile.latStep));
  // Whole steps from a sample of the finest tile; a hair of rounding must not add a row.
  const left = Math.ceil((finest.west - west) / lonStep - ALIGNED);
  const up = Math.ceil((north - finest.north) / latStep - ALIGNED);
  const origin = { west: finest.west - left * lonStep, north: finest.north + up * latStep };
  const width = Math.ceil((east - origin.west) / lonStep - ALIGNED) + 1;
  const height = Math.ceil((origin.north - south) / latStep - ALIGNED) + 1;
  const whole = tiles.every((tile) => tile.whole);
  const bytes = width * height * (whole ? 2 : 4);
  if (bytes > MAX_BYTES) throw tooLarge(tiles, { width, height, bytes });
  return { ...origin, lonStep, latStep, width, height, whole };
};

const emptyMosaic = (tiles: readonly Tile[]): Raster => {
  const { whole, ...box } = mosaicBox(
    tiles.map((tile) => ({ ...tile, whole: tile.samples instanceof Int16Array })),
  );
  const memory = new SharedArrayBuffer(box.width * box.height * (whole ? 2 : 4));
  const samples = whole
    ? new Int16Array(memory).fill(VOID)
    : new Float32Array(memory).fill(Number.NaN);
  return { ...box, samples };
};

const tooLarge = (
  tiles: readonly Outline[],
  { width, height, bytes }: { width: number; height: number; bytes: number },
): AppError => {
  const box = tiles.map(
    ({ name, west, north }) => `${name} (${west.toFixed(2)}°, ${north.toFixed(2)}°)`,
  );
  return new AppError(
    'startup',
    `the box around the terrain tiles would take ${Math.round(bytes / 2 ** 20)} MB (${width}×${height} samples): remove what lies far off (npm run terrain -- remove NAME), or import coarser or cut files; north-western corners: ${box.join(', ')}`,
  );
};

/** Where in the mosaic the tile's first sample lies, in cells. */
const offsetOf = (tile: Raster, mosaic: Raster): { column: number; row: number } => ({
  column: (tile.west - mosaic.west) / mosaic.lonStep,
  row: (mosaic.north - tile.north) / mosaic.latStep,
});

const isWhole = (value: number): boolean => Math.abs(value - Math.round(value)) < ALIGNED;

/** Both its first and its last sample meet samples of the mosaic, as many apart. */
const isAligned = (tile: Raster, mosaic: Raster): boolean => {
  const { column, row } = offsetOf(tile, mosaic);
  const driftX = (tile.width - 1) * (tile.lonStep / mosaic.lonStep - 1);
  const driftY = (tile.height - 1) * (tile.latStep / mosaic.latStep - 1);
  return (
    isWhole(column) && isWhole(row) && Math.abs(driftX) < ALIGNED && Math.abs(driftY) < ALIGNED
  );
};

const copy = (tile: Raster, mosaic: Raster): void => {
  const offset = offsetOf(tile, mosaic);
  const [column, row] = [Math.round(offset.column), Math.round(offset.row)];
  for (let y = 0; y < tile.height; y++) {
    const from = y * tile.width;
    const to = (row + y) * mosaic.width + column;
    for (let x = 0; x < tile.width; x++) {
      const sample = tile.samples[from + x] ?? VOID;
      if (sample !== VOID && !Number.isNaN(sample)) mosaic.samples[to + x] = sample;
    }
  }
};

/** Up to half a cell beyond its outermost samples, so that coarse tiles side by side leave no seam. */
const resample = (tile: Tile, mosaic: Raster): void => {
  const ground = gridTerrain(tile, tile.heightSigmaM);
  const east = tile.west + (tile.width - 1) * tile.lonStep;
  const south = tile.north - (tile.height - 1) * tile.latStep;
  const whole = mosaic.samples instanceof Int16Array;
  const first = offsetOf(tile, mosaic);
  const reachX = tile.lonStep / mosaic.lonStep / 2;
  const reachY = tile.latStep / mosaic.latStep / 2;
  const fromX = Math.max(0, Math.ceil(first.column - reachX));
  const fromY = Math.max(0, Math.ceil(first.row - reachY));
  const toX = Math.min(
    mosaic.width - 1,
    Math.floor((east - mosaic.west) / mosaic.lonStep + reachX),
  );
  const toY = Math.min(
    mosaic.height - 1,
    Math.floor((mosaic.north - south) / mosaic.latStep + reachY),
  );
  for (let y = fromY; y <= toY; y++) {
    const lat = Math.max(south, Math.min(tile.north, mosaic.north - y * mosaic.latStep));
    for (let x = fromX; x <= toX; x++) {
      const lon = Math.max(tile.west, Math.min(east, mosaic.west + x * mosaic.lonStep));
      const heightM = ground.elevationM(lon, lat);
      if (Number.isNaN(heightM)) continue;
      mosaic.samples[y * mosaic.width + x] = whole ? Math.round(heightM) : heightM;
    }
  }
};
