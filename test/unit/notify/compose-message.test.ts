import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseMates, composeMessage, type Mate } from '../../../src/notify/compose-message.ts';
import { MAX_BUNDLE_SMS_LENGTH } from '../../../src/notify/render-bundle.ts';

const SIGNATURE = '【烽燧】';
const mate = (n: number, place = '龙海镇'): Mate & { payload: Record<string, unknown> } => ({
  id: `n${n}`,
  payload: {
    type: 'alert',
    number: `AR-20261102-${String(n).padStart(3, '0')}`,
    code: String(100 + n),
    placeNames: ['安仁县', place],
    incidentId: `i${n}`,
  },
});
const member = (n: number, changes: object = {}) => ({
  ...mate(n),
  step: 0,
  round: 0,
  attempt: 1,
  personId: 'li',
  channel: 'sms' as const,
  address: '+8613800000001',
  locale: 'zh-CN' as const,
  text: `${SIGNATURE}火情${n}`,
  bundleId: 'n1',
  messageReference: 7,
  repeat: false,
  ...changes,
});
const sms = { channel: 'sms' as const, locale: 'zh-CN' as const, signature: SIGNATURE };

describe('a message of several alerts', () => {
  it('names each with number, place and code, and how to answer', () => {
    const message = composeMessage([member(1), member(2), member(3)], SIGNATURE);
    expect(message.text).toBe(
      '【烽燧】3起新火情：AR-20261102-001龙海镇(编号101)；AR-20261102-002龙海镇(编号102)；AR-20261102-003龙海镇(编号103)。带编号回复，如“101 1”接警。',
    );
    expect(message).toMatchObject({
      notificationId: 'n1',
      repeat: false,
      payload: {
        type: 'alert_bundle',
        incidentId: 'i1',
        alerts: [
          { notificationId: 'n1', incidentId: 'i1' },
          { notificationId: 'n2', incidentId: 'i2' },
          { notificationId: 'n3', incidentId: 'i3' },
        ],
      },
    });
  });

  it('does so in English too', () => {
    const english = { locale: 'en' as const };
    expect(composeMessage([member(1, english), member(2, english)], SIGNATURE).text).toBe(
      '【烽燧】2 new fires: AR-20261102-001 龙海镇 (101); AR-20261102-002 龙海镇 (102). Reply with code, e.g. "101 1" to take it.',
    );
  });

  it('does not call new what was told before', () => {
    expect(composeMessage([member(1), member(2, { step: 1 })], SIGNATURE).text).toContain(
      '2起火情待接警：',
    );
  });

  it('is marked as a repeat when any of it may have got out', () => {
    const message = composeMessage([member(1), member(2, { repeat: true })], SIGNATURE);
    expect(message.text.startsWith('【烽燧】重复：2起新火情')).toBe(true);
    expect(message.repeat).toBe(true);
  });

  it('with one alert is that alert', () => {
    const one = member(1);
    expect(composeMessage([one], SIGNATURE)).toMatchObject({
      text: one.text,
      payload: one.payload,
    });
  });

  it('takes as many as three parts hold, the first always', () => {
    const many = Array.from({ length: 20 }, (_, index) => mate(index + 1));
    const chosen = chooseMates(many, sms);
    expect(chosen.length).toBeGreaterThanOrEqual(4);
    expect(chosen.length).toBeLessThan(20);
    expect(chosen[0]).toBe('n1');
    expect(chooseMates(many, { ...sms, channel: 'email' })).toHaveLength(20);
    expect(chooseMates([{ id: 'x', payload: {} }, mate(1)], sms)).toEqual(['x']);
    expect(chooseMates([mate(1), { id: 'x', payload: {} }, mate(2)], sms)).toEqual(['n1', 'n2']);
    expect(chooseMates([], sms)).toEqual([]);
  });

  it('never is longer than three parts, whatever the places are called and whoever drops out', () => {
    const place = fc.string({ unit: 'grapheme', maxLength: 40 });
    fc.assert(
      fc.property(
        fc.array(place, { minLength: 2, maxLength: 12 }),
        fc.constantFrom<'zh-CN' | 'en'>('zh-CN', 'en'),
        fc.boolean(),
        (places, locale, repeat) => {
          const mates = places.map((name, index) => mate(index + 1, name));
          const ids = new Set(chooseMates(mates, { ...sms, locale }));
          const chosen = mates
            .filter(({ id }) => ids.has(id))
            .map((_, index) => member(index + 1, { ...mates[index], locale, repeat, step: 1 }));
          const [first, ...rest] = chosen;
          for (let left = rest.length; first !== undefined && left > 0; left -= 1) {
            const { text } = composeMessage([first, ...rest.slice(0, left)], SIGNATURE);
            expect(text.length).toBeLessThanOrEqual(MAX_BUNDLE_SMS_LENGTH);
            expect(text.isWellFormed()).toBe(true);
          }
        },
      ),
    );
  });
});
