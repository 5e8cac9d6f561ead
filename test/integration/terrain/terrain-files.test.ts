import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadTerrain, terrainCommand } from '../../../src/terrain/index.ts';
import { type TinyGeoTiff, tinyGeoTiff } from '../../support/tiny-geotiff.ts';

describe('stored terrain', () => {
  let dir: string;
  let dataDir: string;
  let printed: string[];

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'fengsui-terrain-'));
    dataDir = join(dir, 'data');
    printed = [];
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const command = (...args: string[]): Promise<void> =>
    terrainCommand({
      args,
      dataDir,
      makeWritable: () => undefined,
      now: () => new Date('2026-11-01T00:00:00Z'),
      print: (line) => printed.push(line),
    });
  const givenFile = async (name: string, tiff: Partial<TinyGeoTiff> = {}): Promise<string> => {
    const file = join(dir, name);
    const samples = Int16Array.from({ length: 16 }, (_, i) => 100 + i);
    await writeFile(file, tinyGeoTiff({ width: 4, height: 4, samples, ...tiff }));
    return file;
  };
  const logged: Record<string, unknown>[] = [];
  const load = () => {
    logged.length = 0;
    const write = (line: string): void => void logged.push(JSON.parse(line));
    return loadTerrain(dataDir, pino({ level: 'info' }, { write }));
  };
  const stored = (): Promise<string[]> => readdir(join(dataDir, 'terrain'));

  test('is none before anything was imported, and the log says what that costs', async () => {
    expect(await load()).toBeUndefined();
    expect(logged[0]?.['msg']).toMatch(/no terrain.*npm run terrain -- import/);
    await command('list');
    expect(printed).toEqual([expect.stringMatching(/no terrain is stored/)]);
  });

  test('is one ground of all imported files, and the log says what it takes', async () => {
    await command(
      'import',
      await givenFile('西.tif'),
      await givenFile('east.tiff', { tie: [113.04, 27], samples: new Float32Array(16).fill(50.5) }),
    );
    const terrain = await load();
    expect(terrain?.elevationM(113.005, 26.995)).toBe(100);
    expect(terrain?.elevationM(113.065, 26.975)).toBe(50.5);
    expect(logged[0]).toMatchObject({
      msg: 'terrain loaded',
      tiles: ['east', '西'],
      west: 113.005,
      east: 113.075,
      highestM: 115,
      memoryMb: 1,
    });
    await command('list');
    expect(printed.at(-1)).toMatch(/^西: GeoTIFF, int16, 4×4, 113.0050…113.0350°E.*100…115 m ± 74/);
  });

  test('keeps the σ that was given', async () => {
    await command('import', await givenFile('a.tif'), '--sigma', '2.5');
    expect((await load())?.heightSigmaM).toBe(2.5);
  });

  test('is replaced by a file of the same name, and what it was is gone', async () => {
    await command('import', await givenFile('a.tif'));
    await command('import', await givenFile('a.tif', { samples: new Int16Array(16).fill(7) }));
    expect((await load())?.elevationM(113.01, 26.99)).toBe(7);
    expect(await stored()).toHaveLength(2);
  });

  test('is removed by name', async () => {
    await command('import', await givenFile('a.tif'), await givenFile('b.tif'));
    await command('remove', 'a');
    expect((await stored()).every((file) => file.startsWith('b.'))).toBe(true);
    await expect(command('remove', 'a')).rejects.toThrow(/no tile "a"/);
    await expect(command('remove', '../b')).rejects.toThrow(/cannot name a tile/);
  });

  test('survives a crash half-way through an import', async () => {
    await command('import', await givenFile('a.tif'));
    // What a crash can leave: a file half written, and samples whose header never came.
    await writeFile(join(dataDir, 'terrain', 'b.0123456789abcdef.bin.partial'), 'half');
    await writeFile(join(dataDir, 'terrain', 'b.0123456789abcdef.bin'), 'all, but unnamed');
    expect((await load())?.elevationM(113.005, 26.995)).toBe(100);
    await command('import', await givenFile('c.tif'));
    expect((await stored()).filter((file) => file.startsWith('b.'))).toEqual([]);
  });

  test('that was damaged stops the start, and says how to mend it', async () => {
    await command('import', await givenFile('a.tif'));
    const data = (await stored()).find((file) => file.endsWith('.bin')) ?? '';
    const file = join(dataDir, 'terrain', data);
    const bytes = await readFile(file);
    bytes[5] = 99;
    await writeFile(file, bytes);
    await expect(load()).rejects.toThrow(/is damaged.*import the tile again/);
    await truncate(file, 6);
    await expect(load()).rejects.toThrow(/is damaged/);
    await rm(file);
    await expect(load()).rejects.toThrow(/is damaged.*ENOENT/);
    await writeFile(join(dataDir, 'terrain', 'a.json'), '{"format":"fengsui-terrain-1"');
    await expect(load()).rejects.toMatchObject({ code: 'startup' });
  });

  test('takes nothing of a file that is refused; the name of the file comes first', async () => {
    const file = await givenFile('bad.tif', { keys: null });
    await expect(command('import', file)).rejects.toThrow(/bad\.tif: it has no georeference/);
    await expect(load()).resolves.toBeUndefined();
  });

  test('is not made of tiles that would not fit in memory together', async () => {
    await command('import', await givenFile('here.tif', { scale: [0.0003, 0.0003] }));
    const far = await givenFile('far.tif', { scale: [0.0003, 0.0003], tie: [1, 43] });
    await expect(command('import', far)).rejects.toThrow(/remove what lies far off/);
    expect((await load())?.raster.width).toBe(4);
  });

  test.each<[string, RegExp, string[]]>([
    ['no file', /which file/, ['import']],
    ['a missing file', /cannot be read.*ENOENT/, ['import', 'missing.tif']],
    ['another format', /gdal_translate -of GTiff/, ['import', 'dem.asc']],
    ['a zip', /unpack/, ['import', 'N26E113.hgt.zip']],
    ['two files of one name', /would both be "dem"/, ['import', 'a/dem.tif', 'b/dem.tif']],
    ['a σ of nothing', /--sigma "0"/, ['import', 'a.tif', '--sigma', '0']],
    ['an unknown option', /--fast.*terrain -- help/, ['import', 'a.tif', '--fast']],
    ['an unknown command', /unknown terrain command "add"/, ['add']],
    ['nothing to remove', /which tile/, ['remove']],
  ])('%s is refused', async (_, message, args) => {
    await expect(command(...args)).rejects.toThrow(message);
  });

  test('help is in both languages', async () => {
    await command();
    await command('import', '--help');
    expect(printed[1]).toBe(printed[0]);
    expect(printed[0]).toMatch(/import FILE…/);
    expect(printed[0]).toMatch(/导入高程文件/);
  });
});
