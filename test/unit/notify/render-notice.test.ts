import { describe, expect, it } from 'vitest';
import { MAX_SMS_LENGTH } from '../../../src/notify/fit-text.ts';
import { renderConsent, renderStoppedOnDuty } from '../../../src/notify/render-answer.ts';
import {
  renderCode,
  renderDutyGap,
  renderForeignAircraft,
} from '../../../src/notify/render-notice.ts';

describe('what is about no fire', () => {
  const names = [
    '安仁县大石岭镇',
    '新丰村第十二村民小组',
    'a village with a name of forty-four characters',
  ];
  it.each(['zh-CN', 'en'] as const)('fits its parts in %s', (locale) => {
    const one = [
      renderCode({ code: '012345', until: '14:32' }, locale, '【烽燧】'),
      renderConsent('start', locale, '【烽燧】'),
    ];
    expect(one.filter((text) => text.length > 70)).toEqual([]);
    const gap = { from: '11-03 08:00', to: '11-04 08:00', more: 120 };
    const two = [
      renderConsent('stop', locale, '【烽燧】'),
      ...[true, false].flatMap((yes) => [
        renderStoppedOnDuty({ name: '很'.repeat(60), reachable: yes }, locale, '【烽燧】'),
        renderDutyGap({ ...gap, placeNames: names, coveredAbove: yes }, locale, '【烽燧】'),
      ]),
    ];
    expect(two.filter((text) => text.length > MAX_SMS_LENGTH['zh-CN'])).toEqual([]);
  });
});

describe('an aircraft that is not ours', () => {
  const news = {
    number: 'AR-20261102-001',
    aircraftId: '1581F4FOREIGN0000001',
    distanceM: 823.4,
    heightM: 119.6,
    operator: [113.2, 26.7] as const,
  };

  it('is told in both languages, with what is known', () => {
    expect(renderForeignAircraft(news, 'zh-CN', '【烽燧】')).toBe(
      '【烽燧】不明无人机进入火场空域：火情AR-20261102-001，距火点823米，高120米，编号1581F4FOREIGN0000001。操控者经纬度113.20000,26.70000(WGS-84)。',
    );
    const bare = { ...news, distanceM: 1_870, heightM: null, operator: null };
    expect(renderForeignAircraft(bare, 'en', '【Fengsui】')).toBe(
      '【Fengsui】Unknown drone over fire AR-20261102-001: 1.9 km from it, id 1581F4FOREIGN0000001.',
    );
  });

  it('fits the parts an alert has, whatever it calls itself', () => {
    const long = { ...news, number: 'N'.repeat(40), aircraftId: 'x\n'.repeat(60), heightM: 31_767 };
    for (const locale of ['zh-CN', 'en'] as const) {
      const text = renderForeignAircraft(long, locale, '【烽燧】');
      expect(text.length).toBeLessThanOrEqual(MAX_SMS_LENGTH[locale]);
      expect(text).not.toContain('\n');
    }
  });
});
