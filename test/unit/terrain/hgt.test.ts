import { describe, expect, it } from 'vitest';
import { readHgt } from '../../../src/terrain/read-hgt.ts';

const SIDE = 1_201;

/** A tile of one height, with some samples set by row and column. */
const hgt = (heightM: number, set: [row: number, column: number, value: number][] = []) => {
  const bytes = new Uint8Array(SIDE * SIDE * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < SIDE * SIDE; i++) view.setInt16(i * 2, heightM);
  for (const [row, column, value] of set) view.setInt16((row * SIDE + column) * 2, value);
  return bytes;
};

describe('an SRTM tile', () => {
  it('lies where its name says, first row in the north, both edges on the degree', () => {
    const tile = readHgt('/data/N26E113.hgt', hgt(100, [[0, 1_200, 777]]));
    expect(tile).toMatchObject({ west: 113, north: 27, width: SIDE, height: SIDE });
    expect(tile.lonStep * 1_200).toBeCloseTo(1, 12);
    expect(tile.samples[1_200]).toBe(777);
    expect(tile.samples[1_201]).toBe(100);
  });

  it('may lie south and west, in any case of letters, with more in its name', () => {
    expect(readHgt('s01w078.SRTMGL3.HGT', hgt(5))).toMatchObject({ west: -78, north: 0 });
  });

  it('keeps its voids and its negative heights', () => {
    const { samples } = readHgt('N26E113.hgt', hgt(-12, [[3, 4, -32_768]]));
    expect(samples[3 * SIDE + 4]).toBe(-32_768);
    expect(samples[0]).toBe(-12);
  });

  it.each([0, 100, SIDE * SIDE * 2 - 2, SIDE * SIDE * 2 + 1])('of %i bytes is refused', (bytes) => {
    expect(() => readHgt('N26E113.hgt', new Uint8Array(bytes))).toThrow(
      /2884802 \(1201×1201\) or 25934402 \(3601×3601\)/,
    );
  });

  it.each(['tile.hgt', 'N95E113.hgt', 'N26E200.hgt'])('called %s is refused', (name) => {
    expect(() => readHgt(name, hgt(1))).toThrow(/name/);
  });

  it('of the wrong byte order or in feet is refused', () => {
    expect(() => readHgt('N26E113.hgt', hgt(29_029))).toThrow(/29029 m.*feet/);
    expect(() => readHgt('N26E113.hgt', hgt(-32_768))).toThrow(/every sample is a void/);
  });
});
