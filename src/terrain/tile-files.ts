import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import Type from 'typebox';
import { Value } from 'typebox/value';
import { AppError, errorMessage } from '../shared/app-error.ts';
import { LatSchema, LonSchema } from '../shared/geo.ts';
import { MAX_SAMPLES, type Raster, type Tile } from './tile.ts';

/** Letters of any script, digits, `_ . -`: a file name on every system. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}_.-]{0,99}$/u;

/** NAME.json. The samples stand in the file it names, little-endian, rows from north. */
const HeaderSchema = Type.Object({
  format: Type.Literal('fengsui-terrain-1'),
  name: Type.String(),
  source: Type.String(),
  importedAt: Type.String(),
  west: LonSchema,
  north: LatSchema,
  lonStep: Type.Number({ exclusiveMinimum: 0 }),
  latStep: Type.Number({ exclusiveMinimum: 0 }),
  width: Type.Integer({ minimum: 2 }),
  height: Type.Integer({ minimum: 2 }),
  samples: Type.Union([Type.Literal('int16'), Type.Literal('float32')]),
  heightSigmaM: Type.Number({ exclusiveMinimum: 0 }),
  lowestM: Type.Number(),
  highestM: Type.Number(),
  voids: Type.Integer({ minimum: 0 }),
  data: Type.String({ pattern: '^[^/\\\\]+\\.bin$' }),
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
});
export type TileHeader = Type.Static<typeof HeaderSchema>;

/** Where the tiles lie. */
export const terrainDir = (dataDir: string): string => join(dataDir, 'terrain');

/** Throws AppError('bad_request') for a name that is no file name. */
export const checkName = (name: string): string => {
  const plain = name.normalize('NFC');
  if (NAME.test(plain)) return plain;
  throw new AppError(
    'bad_request',
    `"${name}" cannot name a tile; use letters, digits, "_", "." and "-" (rename the file)`,
  );
};

/**
 * Writes the samples under a name of their own, then the header in one rename: a crash leaves the tile as
 * it was, or absent, never half of it. A tile of the same name is replaced.
 */
export const writeTile = async (
  dataDir: string,
  tile: Tile,
  stats: Pick<TileHeader, 'lowestM' | 'highestM' | 'voids' | 'importedAt'>,
): Promise<TileHeader> => {
  const dir = terrainDir(dataDir);
  await mkdir(dir, { recursive: true });
  const { name, samples, west, north, lonStep, latStep, width, height } = tile;
  // Every machine this runs on is little-endian, so memory is the file format.
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const header: TileHeader = {
    format: 'fengsui-terrain-1',
    name,
    source: tile.source,
    ...stats,
    west,
    north,
    lonStep,
    latStep,
    width,
    height,
    samples: samples instanceof Int16Array ? 'int16' : 'float32',
    heightSigmaM: tile.heightSigmaM,
    data: `${name}.${sha256.slice(0, 16)}.bin`,
    sha256,
  };
  await replaceFile(join(dir, header.data), bytes);
  await replaceFile(join(dir, `${name}.json`), Buffer.from(`${JSON.stringify(header, null, 2)}\n`));
  await removeUnused(dir);
  return header;
};

const replaceFile = async (file: string, bytes: Uint8Array): Promise<void> => {
  const partial = `${file}.partial`;
  const fd = openSync(partial, 'w');
  try {
    for (let done = 0; done < bytes.byteLength; ) done += writeSync(fd, bytes, done);
    // The name must not outlive a power cut that the content did not.
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  await rename(partial, file);
};

/** Samples no header names (of a tile that was replaced), and what a crash left half written. */
const removeUnused = async (dir: string): Promise<void> => {
  const headers = await readHeaders(dir);
  const used = new Set(headers.map(({ data }) => data));
  for (const file of await readdir(dir)) {
    const unused = file.endsWith('.partial') || (file.endsWith('.bin') && !used.has(file));
    if (unused) await rm(join(dir, file), { force: true });
  }
};

/** The headers of all tiles by name; none when nothing was ever imported. AppError('startup') for a corrupt one. */
export const listTiles = (dataDir: string): Promise<TileHeader[]> =>
  readHeaders(terrainDir(dataDir));

const readHeaders = async (dir: string): Promise<TileHeader[]> => {
  const files = (await filesIn(dir)).filter((file) => file.endsWith('.json')).sort();
  return Promise.all(files.map((file) => readHeader(join(dir, file))));
};

const filesIn = async (dir: string): Promise<string[]> => {
  try {
    return await readdir(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new AppError('startup', `cannot read ${dir} (${errorMessage(error)})`, { cause: error });
  }
};

const readHeader = async (file: string): Promise<TileHeader> => {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw corrupt(file, errorMessage(error));
  }
  if (Value.Check(HeaderSchema, content) && content.width * content.height <= MAX_SAMPLES) {
    return content;
  }
  throw corrupt(file, 'it is not a terrain header');
};

const corrupt = (file: string, what: string): AppError =>
  new AppError(
    'startup',
    `the stored terrain ${file} is damaged (${what}); delete it and import the tile again: npm run terrain -- import FILE`,
  );

/** The samples of a listed tile. Throws AppError('startup') when they are not those that were written. */
export const readTile = async (dataDir: string, header: TileHeader): Promise<Tile> => {
  const file = join(terrainDir(dataDir), header.data);
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw corrupt(file, errorMessage(error));
  }
  if (createHash('sha256').update(bytes).digest('hex') !== header.sha256) {
    throw corrupt(file, 'its content is not what was imported');
  }
  const { width, height } = header;
  const perSample = header.samples === 'int16' ? 2 : 4;
  if (bytes.byteLength !== width * height * perSample) {
    throw corrupt(file, `it has ${bytes.byteLength} bytes for ${width}×${height} samples`);
  }
  // A small file may lie anywhere in a buffer that others share; typed arrays want whole steps.
  const { buffer, byteOffset } = bytes.byteOffset % perSample === 0 ? bytes : new Uint8Array(bytes);
  const samples: Raster['samples'] =
    header.samples === 'int16'
      ? new Int16Array(buffer, byteOffset, width * height)
      : new Float32Array(buffer, byteOffset, width * height);
  const { name, source, west, north, lonStep, latStep, heightSigmaM } = header;
  return { name, source, west, north, lonStep, latStep, width, height, samples, heightSigmaM };
};

/** Removes a tile; false when there is none of that name. */
export const removeTile = async (dataDir: string, name: string): Promise<boolean> => {
  const dir = terrainDir(dataDir);
  const file = `${name}.json`;
  if (!(await filesIn(dir)).includes(file)) return false;
  await rm(join(dir, file));
  // A damaged neighbour must not keep this one from going; its own samples are cleared later.
  await removeUnused(dir).catch(() => undefined);
  return true;
};
