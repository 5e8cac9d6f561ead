import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { segmentSms } from '../../../src/notify/channels/segment.ts';
import { MAX_SMS_LENGTH } from '../../../src/notify/fit-text.ts';
import { renderAlert } from '../../../src/notify/render-alert.ts';
import { markRepeat } from '../../../src/notify/repeat-mark.ts';

const fix = {
  lon: 113.269_441_9,
  lat: 26.709_124,
  method: 'reported' as const,
  ellipse: { semiMajorM: 187.4, semiMinorM: 60, orientationDeg: 12 },
};
const facts = {
  number: 'AR-20261102-001',
  kind: 'smoke' as const,
  level: 'review' as const,
  fix,
  sourceName: '云台山3号',
  observedAt: new Date('2026-11-02T06:05:00Z'),
  placeNames: ['安仁县', '灵官镇'],
};
const said = { signature: '【烽燧】', timeZone: 'Asia/Shanghai' };
const sms = { ...said, maxLength: MAX_SMS_LENGTH['zh-CN'] };
const englishSms = { ...said, maxLength: MAX_SMS_LENGTH.en };

describe('renderAlert', () => {
  it('says it in Chinese', () => {
    expect(renderAlert(facts, 'zh-CN', sms)).toBe(
      '【烽燧】疑似火情AR-20261102-001：安仁县灵官镇发现烟雾，14:05，来源云台山3号。经纬度113.26944,26.70912(WGS-84)，误差187米。',
    );
  });

  it('says it in English', () => {
    expect(renderAlert(facts, 'en', sms)).toBe(
      '【烽燧】Possible fire AR-20261102-001: smoke at 安仁县 灵官镇, 14:05, by 云台山3号. lon,lat 113.26944,26.70912 (WGS-84) +/-187 m.',
    );
  });

  it.each([
    ['zh-CN', '【烽燧】火情AR-', '【烽燧】升级：火情AR-'],
    ['en', '【烽燧】Fire AR-', '【烽燧】UPGRADED fire AR-'],
  ] as const)(
    'tells a strong alarm, and what has become one, in %s',
    (locale, strong, upgraded) => {
      const alert = { ...facts, level: 'strong' as const };
      expect(renderAlert(alert, locale, sms).startsWith(strong)).toBe(true);
      expect(renderAlert(alert, locale, { ...sms, upgrade: true }).startsWith(upgraded)).toBe(true);
    },
  );

  it('says how to reply where there is room for it, in as many words as there is', () => {
    const ends = (over: Partial<typeof facts>, ending: string) =>
      expect(renderAlert({ ...facts, ...over }, 'zh-CN', { ...sms, code: '417' })).toMatch(
        new RegExp(`误差187米。${ending}$`),
      );
    ends({}, '回复1接警、2误报、0不能到（编号417）');
    ends({ sourceName: '云'.repeat(34) }, '编号417');
    ends({ sourceName: 'x'.repeat(99) }, '编号417');
    expect(renderAlert(facts, 'en', { ...englishSms, code: '417' })).toMatch(
      /\+\/-187 m\. Reply 1 take, 2 false alarm, 0 can't come \(code 417\)\.$/,
    );
  });

  it('says that the source is not well where there is room, but never for the code', () => {
    const sourceProblem = { zh: '时钟慢95秒', en: 'clock 95 s slow' };
    const doubted = { ...facts, sourceProblem };
    const coded = { ...sms, code: '417' };
    expect(renderAlert(doubted, 'zh-CN', coded)).toBe(
      '【烽燧】疑似火情AR-20261102-001：安仁县灵官镇发现烟雾，14:05，来源云台山3号。经纬度113.26944,26.70912(WGS-84)，误差187米。来源设备异常：时钟慢95秒。回复1接警、2误报、0不能到（编号417）',
    );
    expect(renderAlert({ ...doubted, sourceName: '云'.repeat(34) }, 'zh-CN', coded)).toMatch(
      /误差187米。编号417$/,
    );
    expect(renderAlert(doubted, 'en', { ...coded, maxLength: 500 })).toContain(
      '+/-187 m. Source not well: clock 95 s slow. Reply 1',
    );
  });

  it.each([
    ['zh-CN', '【烽燧】无人接警，疑似火情AR-'],
    ['en', '【烽燧】UNTAKEN fire AR-'],
  ] as const)('tells in %s that nobody has answered', (locale, start) => {
    expect(renderAlert(facts, locale, { ...sms, unanswered: true }).startsWith(start)).toBe(true);
  });

  it('does without a place where no region was imported', () => {
    expect(renderAlert({ ...facts, placeNames: [] }, 'zh-CN', sms)).toContain('：辖区内发现烟雾');
  });

  it.each([
    [0, '1米'],
    [999.4, '999米'],
    [1000, '1.0公里'],
    [7350, '7.3公里'],
    [9960, '10公里'],
    [Number.POSITIVE_INFINITY, '20000公里'],
  ])('gives a radius of %s m as %s', (semiMajorM, text) => {
    const wide = { ...facts, fix: { ...fix, ellipse: { ...fix.ellipse, semiMajorM } } };
    expect(renderAlert(wide, 'zh-CN', sms)).toContain(`误差${text}。`);
  });

  it('gives up the coarse part of a long place first', () => {
    const placeNames = [
      '很长很长很长很长很长很长很长很长的县',
      '很长很长很长很长很长很长很长的镇',
      '宜阳村',
    ];
    const text = renderAlert({ ...facts, placeNames }, 'zh-CN', { ...sms, maxLength: 98 });
    expect(text).toContain('：…宜阳村发现');
    expect(text).toContain('来源云台山3号。');
  });

  it('keeps line breaks of a name out of the message', () => {
    expect(renderAlert({ ...facts, sourceName: '1号\r\n【假】' }, 'zh-CN', sms)).toContain(
      '来源1号 【假】。',
    );
  });

  it('always fits its parts, also marked as a repeat, with everything but the names whole', () => {
    const nameArb = fc.oneof(
      fc.string({ maxLength: 80 }),
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.string({ unit: fc.constantFrom('安', '🔥', 'x', ' '), maxLength: 120 }),
    );
    fc.assert(
      fc.property(
        fc.record({
          number: fc.stringMatching(/^[A-Za-z0-9_]{1,10}-20261102-[0-9]{3,4}$/),
          kind: fc.constantFrom('smoke' as const, 'flame' as const, 'heat' as const),
          level: fc.constantFrom('review' as const, 'strong' as const),
          sourceName: nameArb,
          placeNames: fc.array(nameArb, { maxLength: 5 }),
          lon: fc.double({ min: -180, max: 180, noNaN: true }),
          lat: fc.double({ min: -90, max: 90, noNaN: true }),
          semiMajorM: fc.double({ min: 0, max: 1e12, noNaN: true }),
        }),
        fc.constantFrom('zh-CN' as const, 'en' as const),
        fc.record({
          signature: fc.constantFrom('【烽燧】', '【安仁县森林防火指挥部】'),
          told: fc.constantFrom({}, { upgrade: true }, { unanswered: true }),
          code: fc.constantFrom({}, { code: '417' }),
        }),
        ({ lon, lat, semiMajorM, ...rest }, locale, { signature, told, code }) => {
          const alert = {
            ...facts,
            ...rest,
            fix: { ...fix, lon, lat, ellipse: { ...fix.ellipse, semiMajorM } },
          };
          const options = { ...said, maxLength: MAX_SMS_LENGTH[locale], signature };
          const text = renderAlert(alert, locale, { ...options, ...told, ...code });
          const repeated = markRepeat(text, locale, signature);
          const parts = locale === 'en' ? 3 : 2;
          expect(repeated.length).toBeLessThanOrEqual(parts * 67);
          expect(segmentSms(repeated, 1).length).toBeLessThanOrEqual(parts);
          expect(text.isWellFormed()).toBe(true);
          expect(text.startsWith(signature)).toBe(true);
          expect(text).toContain(rest.number);
          expect(text).toContain(`${lon.toFixed(5)},${lat.toFixed(5)}`);
          expect(text).toContain('14:05');
          expect(text).toMatch('code' in code ? /417[）).]*$/ : /[。.]$/);
        },
      ),
      { numRuns: 500 },
    );
  });
});
