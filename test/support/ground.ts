import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { terrainCommand } from '../../src/terrain/index.ts';
import { tinyGeoTiff } from './tiny-geotiff.ts';

export type Ground = {
  /** Points along each side of the square. */
  side: number;
  stepDeg: number;
  /** The north-western corner. */
  west: number;
  north: number;
  /** Heights in metres, row by row from north. */
  samples: Int16Array;
};

/** Imports terrain as an administrator does, by files in `dir`; resolves with the DATA_DIR it is in. */
export const importGround = async (
  dir: string,
  { side, stepDeg, west, north, samples }: Ground,
): Promise<string> => {
  const file = join(dir, 'ground.tif');
  const shape = { width: side, height: side, samples };
  await writeFile(file, tinyGeoTiff({ ...shape, tie: [west, north], scale: [stepDeg, stepDeg] }));
  const dataDir = join(dir, 'data');
  await terrainCommand({
    args: ['import', file],
    dataDir,
    makeWritable: () => undefined,
    now: () => new Date(),
    print: () => undefined,
  });
  return dataDir;
};
