import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { packageFile } from '../../../src/shared/package-root.ts';
import { ADMIN_PASSWORD, startTestService, type TestService } from '../../support/service.ts';
import { givenAccount } from '../api/api-harness.ts';

type Item = { id: string; outcome: string; secret: string | null; regionId: string };
type Imported = {
  dryRun: boolean;
  registered: number;
  changed: number;
  unchanged: number;
  items: Item[];
};
type Problem = { detail: string; errors: { path: string; message: string }[] };

let town: TestService;
let token = '';

beforeAll(async () => {
  town = await startTestService();
  token = await town.logIn('admin', ADMIN_PASSWORD);
});
afterAll(() => town?.stop());

const post = (
  file: string,
  query = '',
  { accept = 'application/json', bearer = token }: { accept?: string; bearer?: string } = {},
): Promise<Response> =>
  fetch(`${town.service.httpUrl()}/api/v1/devices/import${query}`, {
    method: 'POST',
    body: file,
    headers: { 'content-type': 'text/csv', authorization: `Bearer ${bearer}`, accept },
  });
const read = async <T>(response: Promise<Response>): Promise<{ status: number; body: T }> => {
  const answer = await response;
  return { status: answer.status, body: (await answer.json()) as T };
};
const deviceCount = async (): Promise<number> => {
  const { rows } = await town.database.pool.query<{ count: number }>(
    'select count(*)::integer as count from device',
  );
  return rows[0]?.count ?? -1;
};
const HEADER = '编号,类型,名称,经度,纬度,海拔,挂高,网关,外部编号\n';

describe('devices/import', () => {
  it('writes nothing in a dry run, nor when one line of a hundred is wrong', async () => {
    const lines = Array.from({ length: 100 }, (_, i) => `dry-${i},摄像机,${i},113.2,26.7,,,,\n`);
    const dry = await read<Imported>(post(HEADER + lines.join(''), '?dryRun=true'));
    expect(dry).toMatchObject({ status: 200, body: { dryRun: true, registered: 100 } });
    expect(dry.body.items.every(({ secret }) => secret === null)).toBe(true);
    lines[70] = 'dry-70,摄像机,七十,213.2,26.7,,,,\n';
    const wrong = await read<Problem>(post(HEADER + lines.join('')));
    expect(wrong.status).toBe(422);
    expect(wrong.body.errors.map(({ path }) => path)).toEqual(['lines[72].lon']);
    expect(await deviceCount()).toBe(0);
  });

  it('takes the example of the README', async () => {
    const readme = readFileSync(packageFile('README.md'), 'utf8');
    const [, example = ''] = /<<'CSV'\n([\s\S]+?)CSV\n/.exec(readme) ?? [];
    const { body } = await read<Imported>(post(example, '?dryRun=true'));
    expect(body.items).toMatchObject([
      { id: 'nvr-1', kind: 'gateway' },
      { id: 'cam-101', gatewayId: 'nvr-1', lon: 113.2692 },
      { id: 'cam-102', kind: 'camera' },
    ]);
  });

  it('registers a county of cameras with the box before them in seconds; each gets in with its secret', async () => {
    const cameras = Array.from(
      { length: 139 },
      (_, i) => `cam-${i},摄像机,塔 ${i},${113.2 + i / 1000},26.7,300,35,nvr,${i}\n`,
    );
    const started = performance.now();
    const { status, body } = await read<Imported>(
      post(`${HEADER + cameras.join('')}nvr,录像机,录像机,,,,,,\n`),
    );
    const tookMs = performance.now() - started;
    expect(status).toBe(200);
    expect(body).toMatchObject({ registered: 140, changed: 0, unchanged: 0 });
    expect(body.items.map(({ id }) => id)).toEqual([...cameras.map((_, i) => `cam-${i}`), 'nvr']);
    // 0.3 s on an idle machine.
    expect(tookMs).toBeLessThan(15_000);
    const [first, last] = [body.items[0], body.items.at(-1)];
    expect((await town.connect('cam-0', first?.secret ?? '')).connected).toBe(true);
    expect((await town.connect('nvr', last?.secret ?? '')).connected).toBe(true);
  });

  it('changes what is registered when asked to, and hands out no secret for it', async () => {
    const file = `${HEADER}cam-1,,新名,,,,40,,\ncam-2,,,,,,,,\nnew,机场,新,113.3,26.7,,,,\n`;
    const refused = await read<Problem>(post(file));
    expect(refused.body.errors.map(({ path }) => path)).toEqual(['lines[2].id', 'lines[3].id']);
    const { body } = await read<Imported>(post(file, '?mode=upsert'));
    expect(body).toMatchObject({ registered: 1, changed: 1, unchanged: 1 });
    expect(body.items.map(({ secret }) => typeof secret)).toEqual(['object', 'object', 'string']);
    expect((await town.call('GET', 'devices/cam-1')).body).toMatchObject({
      name: '新名',
      mountHeightM: 40,
      gatewayId: 'nvr',
      properties: { externalId: '1' },
    });
  });

  it('answers with a file of the secrets, as spreadsheets read it', async () => {
    const answer = await post(`${HEADER}csv-1,机场,=1+1,113.3,26.7,,,,\n`, '', {
      accept: 'text/csv',
    });
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const text = Buffer.from(await answer.arrayBuffer()).toString('utf8');
    expect(text).toMatch(
      /^\uFEFFid,kind,name,regionId,outcome,secret\r\ncsv-1,dock,'=1\+1,default,registered,[A-Za-z0-9][\w-]{31}\r\n$/,
    );
  });

  it('is for admins, and takes a file only', async () => {
    const login = { username: 'watch', password: 'correct-horse-battery' };
    await givenAccount(town.database, login.username, { ...login, roles: ['dispatcher'] });
    const bearer = await town.logIn(login.username, login.password);
    expect((await post(HEADER, '', { bearer })).status).toBe(403);
    expect((await town.call('POST', 'devices/import', { id: 'x' })).status).toBe(400);
    expect((await post(HEADER, '?datum=bd09')).status).toBe(400);
  });

  it('and who came before the regions comes to the smallest around it when they are imported', async () => {
    const region = (id: string, level: string, size: number) => ({
      type: 'Feature',
      properties: { id, name: id, level, code: id },
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [113.2995, 26.6],
            [113.2995 + size, 26.6],
            [113.2995 + size, 26.8],
            [113.2995, 26.8],
            [113.2995, 26.6],
          ],
        ],
      },
    });
    await town.call('PATCH', 'devices/csv-1', { regionId: 'default' });
    const features = [region('town', 'township', 0.2), region('grid', 'grid', 0.01)];
    const { body } = await town.call<{ placedDevices: number }>('POST', 'regions/import', {
      type: 'FeatureCollection',
      features,
    });
    // cam-100 to cam-138, and two docks; the box has no place.
    expect(body.placedDevices).toBe(41);
    const regionOf = async (id: string) =>
      (await town.call<{ regionId: string }>('GET', `devices/${id}`)).body.regionId;
    expect(await regionOf('cam-99')).toBe('default');
    expect(await regionOf('cam-101')).toBe('grid');
    expect(await regionOf('cam-138')).toBe('town');
    await vi.waitFor(async () => {
      const made = await read<Imported>(
        post(`${HEADER}late,机场,晚,113.305,26.7,,,,\n`, '?dryRun=true'),
      );
      expect(made.body.items[0]?.regionId).toBe('grid');
    });
  });
});
