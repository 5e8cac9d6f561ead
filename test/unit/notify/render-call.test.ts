import { describe, expect, it } from 'vitest';
import { subjectOf } from '../../../src/notify/channels/email.ts';
import { renderCall } from '../../../src/notify/render-call.ts';

const FACTS = {
  number: 'AR-20261102-001',
  kind: 'smoke' as const,
  level: 'review' as const,
  placeNames: ['安仁县', '龙海镇', '山塘村'],
  sourceName: '云台山3号',
  observedAt: new Date('2026-11-02T06:05:00Z'),
  fix: {
    lon: 113.26944,
    lat: 26.70912,
    method: 'reported' as const,
    ellipse: { semiMajorM: 1_240, semiMinorM: 200, orientationDeg: 0 },
  },
};
const OPTIONS = { timeZone: 'Asia/Shanghai', code: '407' };

describe('renderCall', () => {
  it('says it twice, digits one by one, without coordinates', () => {
    const said = '疑似火情，编号四零七。安仁县龙海镇山塘村，14点5分发现烟雾，位置误差1.2公里。';
    expect(renderCall(FACTS, 'zh-CN', OPTIONS)).toBe(
      `森林火险报警。${said}再说一遍。${said}接警请按1，误报请按2，不能到请按0。`,
    );
    const english =
      'Possible fire, code 4, 0, 7. smoke at Longhai Shantang, 14:05, within 1.2 kilometres.';
    expect(renderCall({ ...FACTS, placeNames: ['Longhai', 'Shantang'] }, 'en', OPTIONS)).toBe(
      `Forest fire alarm. ${english} Once more. ${english} Press 1 to take it, 2 for a false alarm, 0 if you cannot come.`,
    );
  });

  it('begins with what is new', () => {
    expect(renderCall(FACTS, 'zh-CN', { ...OPTIONS, unanswered: true })).toContain(
      '报警。无人接警，疑似火情，编号',
    );
    expect(renderCall(FACTS, 'zh-CN', { ...OPTIONS, upgrade: true })).toContain('升级为火情');
    expect(renderCall({ ...FACTS, placeNames: [] }, 'zh-CN', OPTIONS)).toContain('辖区内，14点');
  });

  it('gives up the county before the village when the place takes too long to say', () => {
    const text = renderCall(
      { ...FACTS, placeNames: ['很长的县名'.repeat(8), '龙海镇', '山塘村'] },
      'zh-CN',
      OPTIONS,
    );
    expect(text).toContain('。龙海镇山塘村，');
    expect(text.length).toBeLessThan(200);
  });
});

describe('subjectOf', () => {
  it.each([
    [
      '【烽燧】疑似火情AR-1：龙海镇发现烟雾，14:05，来源3号。',
      '【烽燧】疑似火情AR-1：龙海镇发现烟雾',
    ],
    [
      'Possible fire AR-1: smoke at Longhai, 14:05, by tower 3.5.',
      'Possible fire AR-1: smoke at Longhai',
    ],
    ['one line\r\nBcc: x', 'one line'],
    ['', ''],
  ])('makes of %j %j', (text, subject) => expect(subjectOf(text)).toBe(subject));

  it('is not longer than a list of mails shows', () => {
    expect(subjectOf('火'.repeat(300))).toHaveLength(100);
  });
});
