import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, logIn } from '../../support/api.ts';
import { modisTable, type Row, viirsTable } from '../../support/hotspot-tables.ts';
import { type MainProcess, startMain } from '../../support/main-process.ts';

const ADMIN_PASSWORD = 'correct-horse-battery';
const hoursAgo = (hours: number): Date => new Date(Date.now() - hours * 3_600_000);
const COUNTY = {
  type: 'FeatureCollection',
  features: [
    {
      type: 'Feature',
      properties: { id: 'county', name: 'County', level: 'county' },
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [113, 26.5],
            [113.5, 26.5],
            [113.5, 27],
            [113, 27],
            [113, 26.5],
          ],
        ],
      },
    },
  ],
};

describe('import hotspots', { timeout: 90_000 }, () => {
  let dir: string;
  let service: MainProcess;
  let api: Api;
  const started: MainProcess[] = [];

  const main = (...args: string[]): MainProcess => {
    const process = startMain({ args, env: { DATA_DIR: join(dir, 'data'), ADMIN_PASSWORD } });
    started.push(process);
    return process;
  };
  const importing = async (text: string, ...options: string[]) => {
    const file = join(dir, 'fires.csv');
    await writeFile(file, text);
    const run = main('import', 'hotspots', file, ...options);
    const code = await run.exited;
    return { code, said: `${run.stdout()}${run.stderr()}`.replaceAll(file, 'FILE') };
  };
  const incidents = async () =>
    (await api<{ items: { sources: string[]; alertLevel: string }[] }>('GET', 'incidents')).items;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'fengsui-import-'));
    service = main('serve');
    const { http } = await service.ready();
    api = await logIn(`${http}/api/v1`, ADMIN_PASSWORD);
  });
  afterAll(async () => {
    for (const { child, exited } of started) {
      child.kill('SIGTERM');
      await exited;
    }
    await rm(dir, { recursive: true, force: true });
  });

  const fire: Row = { at: hoursAgo(1), lat: 26.7, lon: 113.2 };
  const table = viirsTable([
    fire,
    { ...fire, lat: 26.703 },
    { at: hoursAgo(1), lat: 28, lon: 113.2 },
    { at: hoursAgo(1), lat: 26.9, lon: 113.4, confidence: 'low' },
    { at: hoursAgo(30), lat: 26.6, lon: 113.4 },
  ]);

  test('nothing is taken while nobody has said what the county is', async () => {
    const { code, said } = await importing(table);
    expect([code, said]).toEqual([1, expect.stringContaining('regions/import')]);
    await api('POST', 'regions/import', COUNTY);
  });

  test('a dry run says what would be taken', async () => {
    const { code, said } = await importing(table, '--dry-run');
    expect(code).toBe(0);
    expect(said).toContain(
      'FILE: 5 rows; 1 outside the county, 1 too old, 0 known, 1 too uncertain, 0 not read',
    );
    expect(said).toContain('FILE: 1 fires would be taken (dry run)');
    expect(await incidents()).toEqual([]);
  });

  test('beside the running service a file opens incidents, once', async () => {
    const { code, said } = await importing(table);
    expect(code).toBe(0);
    expect(said).toContain('FILE: 1 fires taken; 1 opened an incident, 0 joined one');
    expect(await incidents()).toMatchObject([
      { sources: ['firms-viirs-noaa20'], alertLevel: 'review' },
    ]);
    const again = await importing(table);
    expect(again.said).toContain('2 known');
    expect(again.said).toContain('FILE: 0 fires taken');
    expect(await incidents()).toHaveLength(1);
  });

  test('what is old only when it is asked for', async () => {
    const { said } = await importing(table, '--max-age', '48');
    expect(said).toContain('0 too old, 2 known');
    expect(said).toContain('FILE: 1 fires taken; 1 opened an incident');
  });

  test('rows that cannot be read are named and end it with 2; the others are taken', async () => {
    const mixed = modisTable([{ lat: 'north' }, { at: hoursAgo(2), lat: 26.95, lon: 113.45 }]);
    const { code, said } = await importing(mixed);
    expect(code).toBe(2);
    expect(said).toContain('line 2: latitude "north" is not within -90 and 90');
    expect(said).toContain('FILE: 1 fires taken');
  });

  test('what is no table ends it with 1', async () => {
    const { code, said } = await importing('Invalid MAP_KEY.');
    expect([code, said]).toEqual([1, expect.stringContaining('FILE is no table of hotspots')]);
  });

  test('works without the service too, on the same database', async () => {
    service.child.kill('SIGTERM');
    await service.exited;
    const { code, said } = await importing(table);
    expect([code, said]).toEqual([0, expect.stringContaining('2 known')]);
  });
});
