import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Device } from '../../../../src/devices/device.ts';
import { readDeviceTable } from '../../../../src/devices/import/device-table.ts';
import { planDeviceImport } from '../../../../src/devices/import/plan-device-import.ts';
import { readDeviceLine } from '../../../../src/devices/import/read-device-line.ts';
import { toGcj02 } from '../../../../src/shared/gcj02.ts';
import { device } from '../../ingest/dji-harness.ts';

type Options = { known?: Device[]; persons?: string[]; upsert?: boolean; datum?: 'gcj02' };

const regions = {
  regionIdAt: ([lon]: readonly [number, number]) => (lon > 113.3 ? 'east' : 'west'),
  hasRegion: (id: string) => ['east', 'west', 'default'].includes(id),
};
const plan = (text: string | Uint8Array, options: Options = {}) => {
  const table = readDeviceTable(typeof text === 'string' ? new TextEncoder().encode(text) : text);
  if (!table.ok) return { planned: [], faults: table.faults };
  const bodies = table.lines.map((line) => ({
    ...readDeviceLine(line, options.datum ?? 'wgs84'),
    line: line.line,
  }));
  const known = options.known ?? [];
  const { planned, faults } = planDeviceImport({
    bodies,
    known: new Map(known.map((one) => [one.id, one])),
    taken: new Set([...known.map(({ id }) => id), ...(options.persons ?? [])]),
    regions,
    upsert: options.upsert ?? false,
  });
  return { planned, faults: [...bodies.flatMap((line) => line.faults), ...faults] };
};
const devicesOf = (text: string | Uint8Array, options?: Options): Device[] => {
  const { planned, faults } = plan(text, options);
  expect(faults).toEqual([]);
  return planned.map((row) => row.device);
};
const faultsOf = (text: string, options?: Options): [string, string][] =>
  plan(text, options).faults.map(({ path, message }) => [path, message]);

const CAMERAS = 'id,kind,name,lon,lat\n';
/** 编号,类型,名称,经度,纬度,挂高 / cam-1,摄像机,云秋山,113.25,26.7,35米 in GB18030, as a Chinese Excel saves CSV. */
const GB18030 = Uint8Array.from(
  Buffer.from(
    'b1e0bac52cc0e0d0cd2cc3fbb3c62cbeadb6c82cceb3b6c82cb9d2b8df0d0a63616d2d312cc9e3cff1bbfa2cd4c6c7efc9bd2c3131332e32352c32362e372c3335c3d70d0a',
    'hex',
  ),
);

describe('a file of devices', () => {
  it('is read as offices save it, with its region by position', () => {
    const [camera] = devicesOf(GB18030);
    expect(camera).toMatchObject({
      id: 'cam-1',
      kind: 'camera',
      name: '云秋山',
      lon: 113.25,
      lat: 26.7,
      mountHeightM: 35,
      regionId: 'west',
    });
  });

  it('keeps columns it does not know as properties, and reads a lens table', () => {
    const file =
      'id;kind;name;lon;lat;铁塔站址;hfovByZoom\nc;camera;C;113.4;26.7;TZ-0091;[[1, 60], [30, 2.3]]\n';
    const [camera] = devicesOf(file);
    expect(camera?.properties).toEqual({
      铁塔站址: 'TZ-0091',
      hfovByZoom: [
        [1, 60],
        [30, 2.3],
      ],
    });
    expect(camera?.regionId).toBe('east');
  });

  it('has gateways in any order, and they come first', () => {
    const file = [
      '编号,类型,名称,经度,纬度,网关,外部编号',
      'cam-1,camera,一,113.2,26.7,nvr,1',
      'cam-2,camera,二,113.2,26.7,nvr,2',
      'nvr,录像机,录像机,,,,',
    ].join('\n');
    expect(devicesOf(file).map(({ id }) => id)).toEqual(['nvr', 'cam-1', 'cam-2']);
  });

  it('brings positions from Chinese maps to WGS-84, by the file or by the row', () => {
    const [lon, lat] = toGcj02([113.25, 26.7]);
    const byFile = devicesOf(`${CAMERAS}c,camera,C,${lon},${lat}\n`, { datum: 'gcj02' });
    const byRow = devicesOf(
      `编号,类型,名称,经度,纬度,坐标系\na,camera,A,${lon},${lat},GCJ-02\nb,camera,B,113.25,26.7,CGCS2000\n`,
      { datum: 'gcj02' },
    );
    for (const camera of [...byFile, ...byRow]) {
      expect(camera.lon).toBeCloseTo(113.25, 8);
      expect(camera.lat).toBeCloseTo(26.7, 8);
    }
  });
});

describe('every fault is named by line and column', () => {
  it.each<[string, string, string, RegExp]>([
    ['no name', `${CAMERAS}c,camera,,113,26\n`, 'lines[2].name', /is empty/],
    ['no id', `${CAMERAS},camera,C,113,26\n`, 'lines[2].id', /is empty/],
    ['words', `${CAMERAS}c,camera,C,113°16′,26\n`, 'lines[2].lon', /no number; write e\.g\./],
    ['out of range', `${CAMERAS}c,camera,C,113,126\n`, 'lines[2].lat', /<= 90/],
    ['0/0', `${CAMERAS}c,camera,C,0,0\n`, 'lines[2].lon', /0\/0/],
    ['no place', `${CAMERAS}c,camera,C,,\n`, 'lines[2].lon', /a camera needs/],
    ['a bad id', `${CAMERAS}c 1,camera,C,113,26\n`, 'lines[2].id', /pattern/],
    ['a kind', `${CAMERAS}c,kite,C,113,26\n`, 'lines[2].kind', /./],
    ['twice', `${CAMERAS}c,camera,C,113,26\nc,camera,C,113,26\n`, 'lines[3].id', /in line 2/],
    ['a gateway', 'id,kind,name,gatewayId\nd,drone,D,x\n', 'lines[2].gatewayId', /"x" is neither/],
    ['itself', 'id,kind,name,gatewayId\nd,dock,D,d\n', 'lines[2].gatewayId', /own gateway/],
    ['a region', 'id,kind,name,regionId\nd,dock,D,x\n', 'lines[2].regionId', /"x" does not exist/],
    ['a datum', 'id,kind,name,datum\nd,dock,D,BD-09\n', 'lines[2].datum', /"BD-09" is not known/],
    ['no header', 'cam-1,camera,C\n', 'lines[1]', /no column id \(编号\)/],
    ['a title twice', 'id,lon,经度\nx,1,2\n', 'lines[1]', /two columns lon/],
    ['nothing', 'id,kind,name\n', 'lines[1]', /no row follows/],
  ])('%s', (_, file, path, message) => {
    expect(faultsOf(file)).toContainEqual([path, expect.stringMatching(message)]);
  });

  it('all of them at once', () => {
    const file = `${CAMERAS}a,kite,A,1x,26\nb,camera,B,200,26\n`;
    const paths = faultsOf(file).map(([path]) => path);
    expect(new Set(paths)).toEqual(new Set(['lines[2].lon', 'lines[2].kind', 'lines[3].lon']));
  });

  it('gateways in a circle, one channel twice, an id of a person', () => {
    const circle = 'id,kind,name,gatewayId\na,dock,A,b\nb,dock,B,a\n';
    expect(faultsOf(circle).map(([path]) => path)).toEqual([
      'lines[2].gatewayId',
      'lines[3].gatewayId',
    ]);
    const channels =
      'id,kind,name,lon,lat,gatewayId,externalId\na,camera,A,113,26,nvr,7\nb,camera,B,113,26,nvr,7\n';
    const known = [device({ id: 'nvr', kind: 'gateway' })];
    expect(faultsOf(channels, { known })).toContainEqual([
      'lines[3].externalId',
      '"a" has it at gateway "nvr" too',
    ]);
    expect(faultsOf('id,kind,name\np,dock,P\n', { persons: ['p'] })).toEqual([
      ['lines[2].id', expect.stringContaining('is the id of a person')],
    ]);
  });
});

describe('devices that are registered', () => {
  const known = [
    device({
      id: 'c',
      kind: 'camera',
      name: 'old',
      lon: 113.25,
      lat: 26.7,
      regionId: 'east',
      hfovDeg: 60,
      properties: { externalId: '7' },
    }),
  ];

  it('are a fault, unless they are to be changed', () => {
    expect(faultsOf('id,name\nc,new\n', { known })).toEqual([
      ['lines[2].id', expect.stringContaining('mode=upsert')],
    ]);
  });

  it('keep what an empty cell does not say, and the region they were given while they stay', () => {
    const [changed] = devicesOf('id,name,lon,lat,hfovDeg,note\nc,new,113.25,26.7,,tower\n', {
      known,
      upsert: true,
    });
    expect(changed).toMatchObject({
      name: 'new',
      kind: 'camera',
      regionId: 'east',
      hfovDeg: 60,
      properties: { externalId: '7', note: 'tower' },
    });
  });

  it('come to the region where they are moved, and never change their kind', () => {
    const [moved] = devicesOf('id,lon,lat\nc,113.26,26.7\n', { known, upsert: true });
    expect(moved?.regionId).toBe('west');
    expect(faultsOf('id,kind\nc,drone\n', { known, upsert: true })).toEqual([
      ['lines[2].kind', '"c" is a camera; that cannot be changed'],
    ]);
  });
});

it('whatever a file holds, it is planned or its faults have a line; a planned place is on earth', () => {
  const cell = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'camera',
      '机场',
      '113.2',
      '0',
      '1e999',
      '[',
      '{"a":1}',
      '__proto__',
      'c',
      '高德',
    ),
  );
  const title = fc.constantFrom(
    'id',
    '类型',
    'name',
    'lon',
    '纬度',
    '网关',
    '坐标系',
    '__proto__',
    'x',
  );
  const file = fc.tuple(
    fc.uniqueArray(title, { minLength: 1 }),
    fc.array(fc.array(cell, { maxLength: 9 }), { maxLength: 5 }),
  );
  fc.assert(
    fc.property(file, ([titles, rows]) => {
      const quoted = [['id', ...titles.filter((one) => one !== 'id')], ...rows].map((cells) =>
        cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(','),
      );
      const { planned, faults } = plan(quoted.join('\n'));
      for (const { path } of faults) expect(path).toMatch(/^(file|lines\[\d+\])/);
      for (const { device: one } of planned) {
        expect(Math.abs(one.lon ?? 0)).toBeLessThanOrEqual(180);
        expect(Math.abs(one.lat ?? 0)).toBeLessThanOrEqual(90);
      }
    }),
    { seed: 20, numRuns: 300 },
  );
});
