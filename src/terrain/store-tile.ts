import { mosaicBox } from './mosaic.ts';
import { checkHeights, type Tile } from './tile.ts';
import { checkName, listTiles, type TileHeader, writeTile } from './tile-files.ts';

/**
 * Stores a tile below DATA_DIR; one of the same name is replaced. Throws AppError for a name that is no file name,
 * heights that cannot be, or a tile that does not fit in memory with those already there; then nothing is stored.
 */
export const storeTile = async (dataDir: string, tile: Tile, now: Date): Promise<TileHeader> => {
  checkName(tile.name);
  const { lowestM, highestM, known } = checkHeights(tile.samples);
  const others = (await listTiles(dataDir)).filter(({ name }) => name !== tile.name);
  mosaicBox([
    ...others.map((header) => ({ ...header, whole: header.samples === 'int16' })),
    { ...tile, whole: tile.samples instanceof Int16Array },
  ]);
  return writeTile(dataDir, tile, {
    lowestM,
    highestM,
    voids: tile.samples.length - known,
    importedAt: now.toISOString(),
  });
};
