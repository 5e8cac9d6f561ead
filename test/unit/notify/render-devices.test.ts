import { describe, expect, it } from 'vitest';
import type { DeviceProblem } from '../../../src/devices/index.ts';
import type { DeviceNews } from '../../../src/health/index.ts';
import { MAX_SMS_LENGTH } from '../../../src/notify/fit-text.ts';
import { renderDeviceNews, renderDeviceSummary } from '../../../src/notify/render-devices.ts';

const SINCE = new Date('2026-11-02T04:00:00Z');
const problem = (over: Partial<DeviceProblem> = {}): DeviceProblem => ({
  code: 'offline',
  since: SINCE.toISOString(),
  value: null,
  limit: null,
  detail: null,
  confirmed: true,
  ...over,
});
const news = (id: string, over: Partial<DeviceNews> = {}): DeviceNews => ({
  id,
  name: id,
  regionId: 'default',
  gatewayId: null,
  since: SINCE,
  news: 'unhealthy',
  problems: [problem()],
  ...over,
});
const SMS = { signature: '【烽燧】', maxLength: MAX_SMS_LENGTH['zh-CN'] };

describe('news of devices', () => {
  it('say what is wrong with each and which are well again', () => {
    const several = [
      news('云台山3号'),
      news('熊峰山1号', {
        problems: [problem({ code: 'clock_skew', value: 95 }), problem({ code: 'stuck_view' })],
      }),
      news('灵官2号', { news: 'recovered', problems: [] }),
    ];
    expect(renderDeviceNews(several, 'zh-CN', SMS)).toBe(
      '【烽燧】设备异常2台：云台山3号离线、熊峰山1号时钟慢95秒，云台不转。设备恢复1台：灵官2号。',
    );
    expect(renderDeviceNews(several, 'en', { ...SMS, maxLength: MAX_SMS_LENGTH.en })).toBe(
      '【烽燧】2 not well: 云台山3号 offline; 熊峰山1号 clock 95 s slow, does not turn. 1 well again: 灵官2号.',
    );
  });

  it('count the cameras that are gone with their gateway', () => {
    const behind = { gatewayId: 'nvr', problems: [problem({ detail: 'nvr' })] };
    const gone = [news('cam-1', behind), news('cam-2', behind), news('nvr'), news('cam-9')];
    expect(renderDeviceNews(gone, 'zh-CN', SMS)).toBe(
      '【烽燧】设备异常4台：nvr离线（其下2台）、cam-9离线。',
    );
    // The gateway was told of before: then they are named.
    expect(renderDeviceNews([news('cam-1', behind)], 'zh-CN', SMS)).toBe(
      '【烽燧】设备异常1台：cam-1网关nvr离线。',
    );
  });

  it.each(['zh-CN', 'en'] as const)('fit into an SMS however many there are (%s)', (locale) => {
    const many = Array.from({ length: 500 }, (_, i) =>
      news(`${'山'.repeat(300)}${String(i)}\n`, i % 2 === 0 ? {} : { news: 'recovered' }),
    );
    const maxLength = MAX_SMS_LENGTH[locale];
    const sms = renderDeviceNews(many, locale, { ...SMS, maxLength });
    expect(sms.length).toBeLessThanOrEqual(maxLength);
    expect(sms).toMatch(/250/);
    expect(sms).not.toMatch(/\n/);
    const letter = renderDeviceNews(many, locale, { ...SMS, maxLength: 8_000 });
    expect(letter.length).toBeLessThanOrEqual(8_000);
    expect(letter.length).toBeGreaterThan(2_000);
  });
});

describe('the daily summary', () => {
  const listed = (name: string, status: 'healthy' | 'unhealthy' | 'unknown') => ({
    id: name,
    name,
    regionId: 'default',
    gatewayId: null,
    status,
    since: SINCE,
    problems: status === 'unhealthy' ? [problem()] : [],
  });
  const summary = {
    day: '2026-11-03',
    devices: [listed('甲', 'healthy'), listed('乙', 'unhealthy'), listed('丙', 'unknown')],
    yesterday: [
      { name: '乙', regionId: 'default', availability: 0.4567 },
      { name: '甲', regionId: 'default', availability: 0.99999 },
    ],
  };
  const options = { ...SMS, timeZone: 'Asia/Shanghai' };

  it('counts, names those that are not well since when, and who was least there', () => {
    expect(renderDeviceSummary(summary, 'zh-CN', options)).toBe(
      '【烽燧】设备日报11-03：共3台，正常1，异常1，未知1。设备异常1台：乙离线(11-02 12:00起)。昨日可用率最低：乙 45.6%、甲 99.9%。',
    );
    expect(renderDeviceSummary(summary, 'en', { ...options, maxLength: MAX_SMS_LENGTH.en })).toBe(
      '【烽燧】Devices 11-03: 3, 1 well, 1 not, 1 unknown. 1 not well: 乙 offline (since 11-02 12:00). Least there yesterday: 乙 45.6%; 甲 99.9%.',
    );
  });

  it('says that all is well in few words, and of a bad night as much as there is room for', () => {
    const well = { ...summary, devices: [listed('甲', 'healthy')], yesterday: [] };
    expect(renderDeviceSummary(well, 'zh-CN', options)).toBe(
      '【烽燧】设备日报11-03：共1台，正常1，异常0，未知0。',
    );
    const bad = Array.from({ length: 139 }, (_, i) => listed(`塔${String(i)}`, 'unhealthy'));
    const text = renderDeviceSummary({ ...summary, devices: bad }, 'zh-CN', options);
    expect(text).toMatch(/异常139，未知0。设备异常139台：塔0离线.*等139台。昨日可用率最低/);
    expect(text.length).toBeLessThanOrEqual(MAX_SMS_LENGTH['zh-CN']);
  });
});
