import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDemoStateFile } from '../../../src/demo/demo-state-file.ts';
import { demoTile } from '../../../src/demo/demo-terrain.ts';
import { prepareDemo, withdrawTerrain } from '../../../src/demo/prepare-demo.ts';
import { loadTerrain, storeTile } from '../../../src/terrain/index.ts';

let dataDir: string;
const logger = pino({ level: 'silent' });
const tiles = async (): Promise<string[]> => {
  const files = await readdir(join(dataDir, 'terrain')).catch(() => []);
  return files.filter((file) => file.endsWith('.json'));
};

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'fengsui-prepare-'));
});
afterEach(async () => {
  await rm(dataDir, { recursive: true, force: true });
});

describe('the demo before its service starts', () => {
  it('lays its hills where the service loads them, once', async () => {
    await prepareDemo(dataDir, 1);
    expect(await tiles()).toEqual(['demo-seed-1.json']);
    const terrain = await loadTerrain(dataDir, logger);
    expect(terrain?.elevationM(113.35, 26.57)).toBeGreaterThan(80);
    const header = join(dataDir, 'terrain', 'demo-seed-1.json');
    const before = await stat(header);
    await prepareDemo(dataDir, 1);
    expect((await stat(header)).mtimeMs).toBe(before.mtimeMs);
    await withdrawTerrain(dataDir, 1);
    expect(await readdir(join(dataDir, 'terrain'))).toEqual([]);
  });

  it('keeps out of the data of another seed', async () => {
    await createDemoStateFile(dataDir).write({ seed: 1, runs: 1, secrets: {}, people: {} });
    await expect(prepareDemo(dataDir, 2)).rejects.toThrow('DEMO_SEED=1');
    expect(await tiles()).toEqual([]);
    // An interrupted run of one seed has left its hills, and no state yet.
    await rm(join(dataDir, 'demo-secrets.json'));
    await prepareDemo(dataDir, 1);
    await expect(prepareDemo(dataDir, 2)).rejects.toThrow('demo-seed-1');
  });

  it('gives its hills to data of an earlier demo that had none', async () => {
    await createDemoStateFile(dataDir).write({ seed: 1, runs: 1, secrets: {}, people: {} });
    await mkdir(join(dataDir, 'pg'));
    await prepareDemo(dataDir, 1);
    expect(await tiles()).toEqual(['demo-seed-1.json']);
  });

  it.each([
    ['a database', async () => mkdir(join(dataDir, 'pg'))],
    ['a pointer to one', async () => writeFile(join(dataDir, 'database-is-at.txt'), '/x\n')],
    [
      'terrain',
      async () =>
        storeTile(dataDir, { ...demoTile(1), name: 'N26E113' }, new Date(1_780_000_000_000)),
    ],
  ])('never lays invented hills into a real county’s folder, known by %s', async (_what, put) => {
    await put();
    const before = await tiles();
    await expect(prepareDemo(dataDir, 1)).rejects.toThrow('another DATA_DIR');
    expect(await tiles()).toEqual(before);
  });
});
