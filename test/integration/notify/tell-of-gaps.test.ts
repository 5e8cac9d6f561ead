import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setUpChannels, tellOfGaps } from '../../../src/notify/index.ts';
import { createRegionLookup } from '../../../src/people/index.ts';
import type { Region } from '../../../src/people/region.ts';
import { withTransaction } from '../../../src/shared/db.ts';
import { createHarness } from './notify-harness.ts';

const region = (id: string, name: string, parentId: string | null): Region => ({
  id,
  name,
  level: parentId === null ? 'county' : 'township',
  parentId,
  code: id,
  geometry: null,
  properties: {},
});

describe('a gap in the roster', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;
  beforeAll(async () => {
    harness = await createHarness();
    await harness.pool.query(
      `insert into region (id, name, level, parent_id, code) values
         ('anren', '安仁县', 'county', null, 'anren'), ('lingguan', '灵官镇', 'township', 'anren', 'lingguan'),
         ('yongle', '永乐江镇', 'township', 'anren', 'yongle')`,
    );
  });
  afterAll(() => harness?.close());

  const gap = (regionId: string, from: string, over: { openEnded?: boolean } = {}) => ({
    regionId,
    from: new Date(from),
    to: new Date('2026-11-04T00:00:00Z'),
    news: 'new' as const,
    coveredAbove: true,
    openEnded: false,
    ...over,
  });

  it('is told once to each who can fill it, with how many more there are', async () => {
    const contact = (n: number) => [
      { channel: 'sms' as const, address: `1380000000${String(n)}`, verified: true },
    ];
    const assign = (id: string, regionId: string) =>
      harness.pool.query('insert into person_region (person_id, region_id) values ($1, $2)', [
        id,
        regionId,
      ]);
    const admin = await harness.person(contact(1), ['admin']);
    const leader = await harness.person(contact(2), ['dispatcher']);
    const county = await harness.person(contact(3), ['duty_officer']);
    const viewer = await harness.person(contact(4), ['viewer']);
    await assign(leader.id, 'lingguan');
    await assign(county.id, 'anren');
    await assign(viewer.id, 'anren');
    const regions = createRegionLookup([
      region('anren', '安仁县', null),
      region('lingguan', '灵官镇', 'anren'),
      region('yongle', '永乐江镇', 'anren'),
    ]);
    const wording = {
      regions,
      smsSignature: '【烽燧】',
      timeZone: 'Asia/Shanghai',
      setUp: setUpChannels({}),
    };
    const gaps = [
      gap('yongle', '2026-11-03T12:00:00Z', { openEnded: true }),
      gap('lingguan', '2026-11-03T00:00:00Z'),
    ];
    const now = new Date('2026-11-02T12:00:00Z');
    await withTransaction(harness.pool, (tx) => tellOfGaps(tx, wording, { gaps, now }));
    const { rows } = await harness.pool.query<{ person_id: string; text: string }>(
      `select person_id, text from notification where kind = 'duty'`,
    );
    const textOf = (id: string) =>
      rows.filter(({ person_id }) => person_id === id).map(({ text }) => text);
    const lingguan = '【烽燧】安仁县灵官镇11-03 08:00至11-04 08:00无人值班';
    expect(textOf(leader.id)).toEqual([`${lingguan}，请尽快排班；其间火情通知上级值班员。`]);
    expect(textOf(county.id)).toEqual([
      '【烽燧】安仁县永乐江镇11-03 20:00起无人值班，请尽快排班；其间火情通知上级值班员。',
    ]);
    expect(textOf(admin.id)).toEqual([
      `${lingguan}，另有1处空缺，请尽快排班；其间火情通知上级值班员。`,
    ]);
    expect(textOf(viewer.id)).toEqual([]);
  });
});
