import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { templateParams, templatesFor } from '../../../src/notify/channels/aliyun-text.ts';

const OPTIONS = { signName: '安仁防火', maxLength: 35, timeZone: 'Asia/Shanghai' };
const PAYLOAD = {
  type: 'alert',
  number: 'AR-20261102-001',
  code: '417',
  kind: 'smoke',
  level: 'review',
  placeNames: ['安仁县', '龙海镇', '山塘村'],
  sourceName: '云台山3号',
  observedAt: '2026-11-02T06:05:00Z',
  fix: { ellipse: { semiMajorM: 1_240 } },
};
const said = (more: Record<string, unknown> = {}, payload: Record<string, unknown> = {}) => ({
  text: '【烽燧】疑似火情',
  repeat: false,
  locale: 'zh-CN' as const,
  ...more,
  payload: { ...PAYLOAD, ...payload },
});
const template = (text: string, more = {}) => ({ templateCode: 'SMS_1', text, ...more });

describe('templateParams', () => {
  it('has a value for each variable of the template, and no other', () => {
    const text =
      '${level}${number}：${place}发现${kind}，${time}，${source}，误差${radius}，编号${code}，${text}。';
    expect(templateParams(template(text), said(), OPTIONS)).toEqual({
      level: '疑似火情',
      number: 'AR-20261102-001',
      place: '安仁县龙海镇山塘村',
      kind: '烟雾',
      time: '14:05',
      source: '云台山3号',
      radius: '1.2公里',
      code: '417',
      text: '疑似火情',
    });
  });

  it.each([
    ['【假】塔', '假 塔'],
    ['见https://a.cn/x?y=1塔', '见 塔'],
    ['www.a.cn', '无'],
    ['tower.example.cn 3', 'tower example cn 3'],
    ['3.5号塔', '3.5号塔'],
    ['a\r\nb\u0000c', 'a b c'],
    ['', '无'],
  ])('makes of the name %j the variable %j', (sourceName, wanted) => {
    expect(templateParams(template('${source}'), said({}, { sourceName }), OPTIONS)).toEqual({
      source: wanted,
    });
  });

  it('says in its first variable that it may be a repeat', () => {
    const params = templateParams(template('${place}：${number}'), said({ repeat: true }), OPTIONS);
    expect(params).toEqual({ number: '重复：AR-20261102-001', place: '安仁县龙海镇山塘村' });
  });

  it('keeps to Aliyun’s rules whatever people and files call things', () => {
    const name = fc.string({
      unit: fc.constantFrom('火', 'a', '.', '【', '🔥', '/', ':', ' '),
      maxLength: 80,
    });
    fc.assert(
      fc.property(name, name, fc.boolean(), (sourceName, place, repeat) => {
        const text = `${'字'.repeat(70)}\${number}，\${place}，\${source}。`;
        const message = said({ repeat }, { sourceName, placeNames: [place] });
        const params = templateParams(template(text), message, OPTIONS);
        for (const value of Object.values(params)) {
          expect(value.length).toBeGreaterThan(0);
          expect(value.length).toBeLessThanOrEqual(35);
          expect(value).not.toMatch(/[【】]|:\/\//);
          expect(value.isWellFormed()).toBe(true);
        }
        const filled = text.replaceAll(/\$\{(\w+)\}/g, (_, key: string) => params[key] ?? '');
        expect(`【安仁防火】${filled}`.length).toBeLessThanOrEqual(134);
      }),
    );
  });
});

describe('templatesFor', () => {
  const templates = {
    alert: [template('a'), template('e', { locale: 'en' })],
    unanswered: [template('u')],
    repeat: [template('r')],
    taken_over: [template('t', { locale: 'zh-CN' })],
  };
  const textsFor = (more: object, payload: object): string[] =>
    templatesFor(templates, said({ ...more }, { ...payload })).map(({ text }) => text);

  it('chooses by what the message is, then by language', () => {
    expect(textsFor({}, {})).toEqual(['a']);
    expect(textsFor({ locale: 'en' }, {})).toEqual(['a', 'e']);
    expect(textsFor({}, { unanswered: true })).toEqual(['u']);
    expect(textsFor({}, { upgrade: true })).toEqual(['a']);
    expect(textsFor({ repeat: true }, { unanswered: true })).toEqual(['r']);
    expect(textsFor({ repeat: true }, { type: 'taken_over' })).toEqual(['t']);
  });

  it('tells in another language rather than not at all', () => {
    expect(textsFor({ locale: 'en' }, { type: 'taken_over' })).toEqual(['t']);
  });

  it('has none for what was not configured', () => {
    expect(textsFor({}, { type: 'reply' })).toEqual([]);
    expect(textsFor({}, { type: 'constructor' })).toEqual([]);
    expect(textsFor({}, { type: undefined })).toEqual([]);
  });
});
