import { describe, expect, it } from 'vitest';
import { djiMaker, hmsLevelText, modeText } from '../../../src/ingest/dialects/dji-mode.ts';

describe('mode codes', () => {
  it.each([
    [0, 'aircraft', 'dji', '待机', 'standby'],
    [9, 'aircraft', 'dji', '自动返航', 'returning home'],
    [9, 'aircraft', 'autel', '自动返航', 'returning home'],
    [17, 'aircraft', 'dji', '指令飞行', 'live flight controls'],
    [17, 'aircraft', 'autel', '模式 17', 'mode 17'],
    [37, 'aircraft', 'autel', '指点飞行', 'flying to a point'],
    [39, 'aircraft', 'autel', '航线飞行（KML）', 'flying a KML route'],
    [39, 'aircraft', 'dji', '模式 39', 'mode 39'],
    [4, 'dock', 'dji', '作业中', 'working'],
    [99, 'dock', 'dji', '模式 99', 'mode 99'],
  ] as const)('%d of an %s by %s: %s', (code, device, maker, ...[zh, en]) => {
    expect(modeText(code, device, maker)).toEqual({ code, zh, en });
  });

  it('are whole numbers', () => {
    for (const code of [undefined, null, '5', 1.5, Number.NaN, {}])
      expect(modeText(code, 'aircraft', 'dji')).toBeNull();
  });
});

it('tells the maker by what is registered, else by the model key', () => {
  expect(djiMaker({})).toBe('dji');
  expect(djiMaker({ modelKey: '0-67-1' })).toBe('dji');
  expect(djiMaker({ modelKey: '0-11000-0' })).toBe('autel');
  expect(djiMaker({ modelKey: '3-30001-0' })).toBe('autel');
  expect(djiMaker({ modelKey: 'x' })).toBe('dji');
  expect(djiMaker({ modelKey: '0-67-1', maker: 'Autel' })).toBe('autel');
});

it('puts health levels in words, also those not known', () => {
  expect([0, 1, 2, 7].map((level) => hmsLevelText(level).zh)).toEqual([
    '通知',
    '提醒',
    '警告',
    '级别 7',
  ]);
});
