import { describe, expect, it } from 'vitest';
import { parseCode, parseConsent } from '../../../../src/notify/replies/parse-consent.ts';

describe('parseConsent', () => {
  it.each([
    'STOP',
    'stop',
    ' Stop. ',
    'ＳＴＯＰ',
    '“STOP”',
    '退订',
    '【退订】',
    'TD',
    'td',
    'T',
    'ｔ',
    'ＴＤ！',
  ])('takes %j for an end', (text) => expect(parseConsent(text)).toBe('stop'));
  it.each(['START', 'start', '恢复', '恢复。', 'ｓｔａｒｔ', 'UNSTOP'])(
    'takes %j for a beginning',
    (text) => expect(parseConsent(text)).toBe('start'),
  );
  it.each(['', '1', '417 1', 'stop the fire', '不要退订', '火已停', 'tt', '0', 'restart', '停'])(
    'takes %j for neither',
    (text) => expect(parseConsent(text)).toBeNull(),
  );
});

describe('parseCode', () => {
  it.each(['012345', ' 012 345', '０１２３４５', '012345。'])('reads %j', (text) =>
    expect(parseCode(text)).toBe('012345'),
  );
  it.each(['1', '4171', '12345', '1234567', 'code 012345'])('does not read %j', (text) =>
    expect(parseCode(text)).toBeNull(),
  );
});
