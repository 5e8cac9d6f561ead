import { chmod, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type MainProcess, startMain } from '../../support/main-process.ts';
import { tinyGeoTiff } from '../../support/tiny-geotiff.ts';

const isRoot = process.getuid?.() === 0;

describe('terrain on the command line', () => {
  let dir: string;
  let dataDir: string;
  const processes: MainProcess[] = [];

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'fengsui-main-'));
    await chmod(dir, 0o755);
    dataDir = join(dir, 'data');
  });
  afterEach(async () => {
    for (const { child, exited } of processes.splice(0)) {
      child.kill('SIGTERM');
      await exited;
    }
    await rm(dir, { recursive: true, force: true });
  });

  const main = (...args: string[]): MainProcess => {
    const started = startMain({
      args,
      env: { DATA_DIR: dataDir, ADMIN_PASSWORD: 'correct-horse-battery' },
    });
    processes.push(started);
    return started;
  };
  const givenFile = async (name: string, keys?: null): Promise<string> => {
    const file = join(dir, name);
    const samples = new Int16Array(16).fill(250);
    const shape = { width: 4, height: 4, samples };
    await writeFile(file, tinyGeoTiff(keys === undefined ? shape : { ...shape, keys }));
    return file;
  };

  test('what was imported is there at the next start, beside the embedded database', async () => {
    const imported = main('terrain', 'import', await givenFile('hill.tif'));
    expect(await imported.exited).toBe(0);
    expect(imported.stdout()).toMatch(/hill: GeoTIFF, int16, 4×4.*250…250 m/);
    const service = main('serve');
    await service.ready();
    expect(service.stdout()).toMatch(/"tiles":\["hill"\].*"memoryMb":1.*"terrain loaded"/);
    // The database and the terrain share the folder, whoever owns which.
    expect(await readdir(dataDir)).toEqual(expect.arrayContaining(['pg', 'terrain']));
    service.child.kill('SIGTERM');
    expect(await service.exited).toBe(0);
    const again = main('terrain', 'import', await givenFile('dale.tif'));
    expect(await again.exited).toBe(0);
  });

  test('a file that cannot be taken ends it with 1 and one line', async () => {
    const refused = main('terrain', 'import', await givenFile('nowhere.tif', null));
    expect(await refused.exited).toBe(1);
    expect(refused.stderr()).toMatch(/^fengsui: .*nowhere\.tif: it has no georeference.*\n$/);
  });

  test('a damaged tile stops the start with 1 and one line', async () => {
    expect(await main('terrain', 'import', await givenFile('hill.tif')).exited).toBe(0);
    const stored = join(dataDir, 'terrain');
    const data = (await readdir(stored)).find((name) => name.endsWith('.bin')) ?? '';
    await truncate(join(stored, data), 8);
    const service = main('serve');
    expect(await service.exited).toBe(1);
    expect(service.stderr()).toMatch(/^fengsui: the stored terrain .* is damaged.*\n$/);
  });

  // Root may write anywhere.
  test.skipIf(isRoot)('a DATA_DIR that may not be written to is named', async () => {
    await chmod(dir, 0o555);
    const refused = main('terrain', 'import', '/dev/null/hill.tif');
    expect(await refused.exited).toBe(1);
    expect(refused.stderr()).toMatch(/cannot write to .*set DATA_DIR/);
    await chmod(dir, 0o755);
  });
});
