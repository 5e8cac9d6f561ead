import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceNews } from '../../../src/health/index.ts';
import { setUpChannels, tellOfDevices } from '../../../src/notify/index.ts';
import { createRegionLookup } from '../../../src/people/index.ts';
import { withTransaction } from '../../../src/shared/db.ts';
import { createHarness } from './notify-harness.ts';

const region = (id: string, parentId: string | null) => ({
  id,
  name: id,
  level: parentId === null ? ('county' as const) : ('township' as const),
  parentId,
  code: id,
  geometry: null,
  properties: {},
});

const news = (id: string, regionId: string): DeviceNews => ({
  id,
  name: id,
  regionId,
  gatewayId: null,
  since: new Date('2026-11-02T04:00:00Z'),
  news: 'unhealthy',
  problems: [
    {
      code: 'offline',
      since: '2026-11-02T04:00:00.000Z',
      value: null,
      limit: null,
      detail: null,
      confirmed: true,
    },
  ],
});

describe('news of devices', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;
  beforeAll(async () => {
    harness = await createHarness();
    await harness.pool.query(
      `insert into region (id, name, level, parent_id, code) values ('anren', 'anren', 'county', null, 'anren'),
         ('lingguan', 'lingguan', 'township', 'anren', 'lingguan'), ('yongxing', 'yongxing', 'county', null, 'yongxing')`,
    );
  });
  afterAll(() => harness?.close());

  it('go to those who look after devices, each of their regions, and what is nobody’s to all of them', async () => {
    const admin = async (n: number, regionId: string) => {
      const address = `1380000000${String(n)}`;
      const person = await harness.person([{ channel: 'sms', address, verified: true }], ['admin']);
      await harness.pool.query('insert into person_region values ($1, $2)', [person.id, regionId]);
      return person.id;
    };
    const anren = await admin(1, 'anren');
    const yongxing = await admin(2, 'yongxing');
    await harness.person([{ channel: 'sms', address: '13800000003', verified: true }]);
    const wording = {
      to: [{ role: 'admin' as const }],
      channels: ['sms' as const],
      regions: createRegionLookup([
        region('anren', null),
        region('lingguan', 'anren'),
        region('yongxing', null),
      ]),
      smsSignature: '【烽燧】',
      timeZone: 'Asia/Shanghai',
      setUp: setUpChannels({}),
    };
    const told = [news('cam-1', 'lingguan'), news('cam-2', 'yongxing'), news('cam-3', 'default')];
    const now = new Date('2026-11-02T04:10:00Z');
    await withTransaction(harness.pool, (tx) => tellOfDevices(tx, wording, { news: told, now }));
    const { rows } = await harness.pool.query<{ person_id: string; text: string }>(
      `select person_id, text from notification where kind = 'device'`,
    );
    const texts = new Map(rows.map(({ person_id: id, text }) => [id, text]));
    expect([...texts.keys()].toSorted()).toEqual([anren, yongxing].toSorted());
    expect(texts.get(anren)).toBe('【烽燧】设备异常2台：cam-1离线、cam-3离线。');
    expect(texts.get(yongxing)).toBe('【烽燧】设备异常2台：cam-2离线、cam-3离线。');
  });
});
