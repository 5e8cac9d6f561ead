import { describe, expect, it } from 'vitest';
import { hfovByZoomMistake, lensOf } from '../../../src/devices/lens.ts';

describe('lensOf', () => {
  it('is the wide end, and the table where one is registered', () => {
    expect(lensOf({ hfovDeg: 60, properties: {} })).toEqual({ hfovDeg: 60, hfovByZoom: null });
    const hfovByZoom = [
      [1, 60],
      [30, 2.3],
    ];
    expect(lensOf({ hfovDeg: null, properties: { hfovByZoom } }).hfovByZoom).toEqual(hfovByZoom);
  });

  it('takes no table from before tables were checked', () => {
    for (const hfovByZoom of [
      '60',
      { 1: 60 },
      [[1, 60, 3]],
      [
        [2, 30],
        [1, 60],
      ],
      [[1, 200]],
      null,
    ]) {
      expect(lensOf({ hfovDeg: 60, properties: { hfovByZoom } }).hfovByZoom).toBeNull();
    }
  });
});

describe('hfovByZoomMistake', () => {
  it('says what is wrong, and where', () => {
    expect(hfovByZoomMistake({})).toBeUndefined();
    expect(
      hfovByZoomMistake({
        hfovByZoom: [
          [1, 60],
          [8, 9],
        ],
      }),
    ).toBeUndefined();
    expect(hfovByZoomMistake({ hfovByZoom: [[1, 200]] })).toMatch(/^entry \/0\/1: must be < 180/);
    expect(
      hfovByZoomMistake({
        hfovByZoom: [
          [1, 60],
          [2, 61],
        ],
      }),
    ).toContain('must rise');
  });
});
