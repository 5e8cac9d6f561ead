import type { Logger } from '../shared/logger.ts';
import type { GridTerrain } from './grid-terrain.ts';
import { createTerrain } from './mosaic.ts';
import { listTiles, readTile } from './tile-files.ts';

/**
 * The terrain of all imported tiles, read once; undefined when there are none. Throws AppError('startup')
 * for a damaged tile, or tiles so far apart that they do not fit in memory.
 */
export const loadTerrain = async (
  dataDir: string,
  logger: Logger,
): Promise<GridTerrain | undefined> => {
  const headers = await listTiles(dataDir);
  if (headers.length === 0) {
    logger.warn(
      'no terrain: alarms are located by bearing alone; import elevation data with "npm run terrain -- import FILE…"',
    );
    return undefined;
  }
  const tiles = await Promise.all(headers.map((header) => readTile(dataDir, header)));
  const terrain = createTerrain(tiles);
  const { west, north, lonStep, latStep, width, height, samples } = terrain.raster;
  const digits = (deg: number): number => Number(deg.toFixed(4));
  logger.info(
    {
      tiles: headers.map(({ name }) => name),
      west: digits(west),
      south: digits(north - (height - 1) * latStep),
      east: digits(west + (width - 1) * lonStep),
      north: digits(north),
      cellM: Math.round(terrain.cellM),
      highestM: Math.round(terrain.maxHeightM),
      heightSigmaM: terrain.heightSigmaM,
      memoryMb: Math.ceil(samples.byteLength / 2 ** 20),
    },
    'terrain loaded',
  );
  return terrain;
};
