import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type ImageFiles, imagePath } from './image-files.ts';

/**
 * Pictures as files below `dataDir`. A file is there as a whole or not at all, also after a power cut: it is written
 * beside its place, synced and moved there.
 */
export const createDiskFiles = (dataDir: string): ImageFiles => {
  const placeOf = (sha256: string): string => join(dataDir, imagePath(sha256));
  return {
    async write(sha256, bytes) {
      const place = placeOf(sha256);
      if (await isThere(place, bytes.length)) return;
      const folder = dirname(place);
      const isNew = (await mkdir(folder, { recursive: true })) !== undefined;
      const draft = `${place}.${randomUUID()}.part`;
      try {
        await writeSynced(draft, bytes);
        await rename(draft, place);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
      await sync(folder);
      if (isNew) await sync(dirname(folder));
    },
    async read(sha256) {
      try {
        return await readFile(placeOf(sha256));
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    remove: (sha256) => rm(placeOf(sha256), { force: true }),
  };
};

const isThere = async (file: string, size: number): Promise<boolean> => {
  try {
    return (await stat(file)).size === size;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
};

const writeSynced = async (file: string, bytes: Buffer): Promise<void> => {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** A folder's own entries must reach the disk as well. */
const sync = async (folder: string): Promise<void> => {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';
