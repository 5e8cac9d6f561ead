import type { Tile } from '../terrain/index.ts';
import type { Bounds } from './regions.ts';
import { createTerrain } from './terrain.ts';

/** The county's box and about 15 km around it: where its cameras look. */
const BOUNDS: Bounds = { west: 112.93, south: 26.14, east: 113.76, north: 26.99 };
/** Samples in both directions; at 75 m the file has 3 MB, and the hills between the samples are missed by 0.3 m (r.m.s.). */
const STEP_M = 75;
const M_PER_DEG_LAT = 110_800;
const M_PER_DEG_LON = 99_600;
/** Rounding to whole metres and the way between samples: 0.3 m r.m.s., 2 m at most. */
const HEIGHT_SIGMA_M = 1;

/** The tile's name says whose it is, and which county's. */
export const demoTileName = (seed: number): string => `demo-seed-${seed}`;

/** The invented hills as elevation data like any other. About 0.8 s. */
export const demoTile = (seed: number): Tile => {
  const terrain = createTerrain(seed);
  const { west, south, east, north } = BOUNDS;
  const lonStep = STEP_M / M_PER_DEG_LON;
  const latStep = STEP_M / M_PER_DEG_LAT;
  const width = Math.ceil((east - west) / lonStep) + 1;
  const height = Math.ceil((north - south) / latStep) + 1;
  const samples = new Int16Array(width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const heightM = terrain.heightM([west + column * lonStep, north - row * latStep]);
      samples[row * width + column] = Math.round(heightM);
    }
  }
  const source = `invented by the demo, seed ${seed}`;
  return {
    name: demoTileName(seed),
    source,
    west,
    north,
    lonStep,
    latStep,
    width,
    height,
    samples,
    heightSigmaM: HEIGHT_SIGMA_M,
  };
};
