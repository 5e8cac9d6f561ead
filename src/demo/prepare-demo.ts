import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../shared/app-error.ts';
import { systemClock } from '../shared/clock.ts';
import { listTiles, removeTile, storeTile } from '../terrain/index.ts';
import { createDemoStateFile } from './demo-state-file.ts';
import { demoTile, demoTileName } from './demo-terrain.ts';

/** What a service with a database of its own leaves in DATA_DIR, wherever that database is. */
const DATABASE_TRACES = ['pg', 'database-is-at.txt'];

/**
 * Puts the demo's invented hills where the service looks for terrain, before it starts; nothing to do when they are
 * there. Throws AppError('startup') for a data folder that is not the demo's: invented hills must never get
 * into a real county's, nor real ones under invented cameras.
 */
export const prepareDemo = async (dataDir: string, seed: number): Promise<void> => {
  const earlier = await createDemoStateFile(dataDir).read();
  if (earlier !== undefined && earlier.seed !== seed) throw otherSeed(earlier.seed, seed);
  const name = demoTileName(seed);
  const tiles = (await listTiles(dataDir)).map((tile) => tile.name);
  const strange = tiles.filter((tile) => tile !== name);
  if (strange.length > 0) {
    throw new AppError(
      'startup',
      `DATA_DIR holds terrain that is not this demo's (${strange.join(', ')}); start the demo with another DATA_DIR, or remove it: npm run terrain -- remove NAME`,
    );
  }
  if (tiles.includes(name)) return;
  if (earlier === undefined && DATABASE_TRACES.some((file) => existsSync(join(dataDir, file)))) {
    throw new AppError(
      'startup',
      'DATA_DIR already holds a database that is not the demo’s; start the demo with another DATA_DIR',
    );
  }
  await storeTile(dataDir, demoTile(seed), systemClock.now());
};

/** Takes the hills back from a service that turned out not to be the demo's. */
export const withdrawTerrain = async (dataDir: string, seed: number): Promise<void> => {
  await removeTile(dataDir, demoTileName(seed));
};

export const otherSeed = (has: number, wanted: number): AppError =>
  new AppError(
    'startup',
    `DATA_DIR holds the county of DEMO_SEED=${has}, not ${wanted}; start with that seed or another DATA_DIR`,
  );
