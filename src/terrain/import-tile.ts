import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { AppError, errorMessage } from '../shared/app-error.ts';
import { readGeoTiff } from './read-geotiff.ts';
import { readHgt } from './read-hgt.ts';
import { storeTile } from './store-tile.ts';
import { refused, type Tile } from './tile.ts';
import { checkName, listTiles, type TileHeader } from './tile-files.ts';

export type ImportOptions = {
  dataDir: string;
  file: string;
  /** σ of its heights in metres, when the source is known better than what is assumed. */
  heightSigmaM: number | undefined;
  now: Date;
};

/**
 * Reads, checks and stores one elevation file under its own name. Throws AppError with the file's name,
 * what is wrong and how to mend it; then nothing is stored.
 */
export const importTile = async ({
  dataDir,
  file,
  heightSigmaM,
  now,
}: ImportOptions): Promise<TileHeader> => {
  // A damaged store is told as such, not as a fault of the file.
  await listTiles(dataDir);
  try {
    const read = await readElevation(file);
    const tile = { ...read, name: nameOf(file), heightSigmaM: heightSigmaM ?? read.heightSigmaM };
    return await storeTile(dataDir, tile, now);
  } catch (error) {
    if (error instanceof AppError) {
      throw new AppError(error.code, `${file}: ${error.message}`, { cause: error });
    }
    throw error;
  }
};

/** The tile's name: that of the file, without its ending. */
export const nameOf = (file: string): string => checkName(basename(file, extname(file)));

/** Any file that can be imported, by its ending; the tile has no name yet. */
export const readElevation = async (file: string): Promise<Tile> => {
  switch (extname(file).toLowerCase()) {
    case '.hgt':
      return readHgt(file, await bytesOf(file));
    case '.tif':
    case '.tiff':
      await checkReadable(file);
      return readGeoTiff(file);
    case '.zip':
    case '.gz':
    case '.7z':
      throw refused('it is compressed; unpack it first');
    default:
      throw refused(
        'it is neither .hgt nor .tif; other formats: gdal_translate -of GTiff in.EXT out.tif',
      );
  }
};

const bytesOf = async (file: string): Promise<Uint8Array> => {
  try {
    return await readFile(file);
  } catch (error) {
    throw refused(`cannot be read (${errorMessage(error)})`);
  }
};

const checkReadable = async (file: string): Promise<void> => {
  try {
    await access(file, constants.R_OK);
  } catch (error) {
    throw refused(`cannot be read (${errorMessage(error)})`);
  }
};
