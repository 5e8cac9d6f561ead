import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HotspotTable, readHotspots } from '../../../src/hotspots/read-hotspots.ts';
import { himawariTable, modisTable, viirsTable } from '../../support/hotspot-tables.ts';

const read = (text: string): HotspotTable & { kind: 'read' } => {
  const table = readHotspots(text);
  if (table.kind !== 'read') throw new Error(table.reason);
  return table;
};
const at = new Date('2026-11-28T00:41:00Z');

describe('FIRMS', () => {
  it('VIIRS: place, time without leading zeros, pixel, class of confidence', () => {
    const { hotspots, faults, rows } = read(
      viirsTable([{ at, lat: 26.7, lon: 113.2, scan: 0.3, track: 0.4, confidence: 'h' }]),
    );
    expect([faults, rows]).toEqual([[], 1]);
    expect(hotspots[0]).toMatchObject({
      satellite: { id: 'firms-viirs-noaa20', name: 'VIIRS NOAA-20', sensor: 'viirs' },
      observedAt: at,
      position: [113.2, 26.7],
      confidence: 0.9,
      frpMw: 4.2,
      line: 2,
    });
    expect(hotspots[0]?.diagonalM).toBeCloseTo(500, 6);
  });

  it('MODIS: its own columns and percentage', () => {
    const { hotspots } = read(modisTable([{ at, satellite: 'Terra', confidence: '29' }]));
    expect(hotspots[0]).toMatchObject({
      satellite: { id: 'firms-modis-terra', sensor: 'modis' },
      observedAt: at,
      confidence: 0.29,
    });
  });

  it.each([
    ['N', 'firms-viirs-snpp'],
    ['1', 'firms-viirs-noaa20'],
    ['N21', 'firms-viirs-noaa21'],
    ['JPSS-4 (x)', 'firms-viirs-jpss-4-x'],
    ['', 'firms-viirs-unknown'],
  ])('satellite "%s" is device %s', (satellite, id) => {
    expect(read(viirsTable([{ satellite }])).hotspots[0]?.satellite.id).toBe(id);
  });

  it.each([
    ['low', 0.2],
    ['nominal', 0.6],
    ['high', 0.9],
    ['a word of tomorrow', 0.6],
    ['', 0.6],
  ])('VIIRS confidence "%s" is %d', (confidence, value) => {
    expect(read(viirsTable([{ confidence }])).hotspots[0]?.confidence).toBe(value);
  });

  it('takes other columns, another order, quotes, semicolons and a byte order mark', () => {
    const text =
      '\uFEFFcountry_id;"acq_time";acq_date;longitude;latitude;bright_ti4;new_column\r\nCHN;"0641";2026/11/28;113.2;26.7;330;x\r\n';
    const { hotspots, faults } = read(text);
    expect(faults).toEqual([]);
    expect(hotspots[0]).toMatchObject({
      position: [113.2, 26.7],
      observedAt: new Date('2026-11-28T06:41:00Z'),
      diagonalM: 0,
      frpMw: null,
    });
  });

  it('gives heat that is no vegetation fire no confidence', () => {
    const [header = '', row = ''] = viirsTable([{ confidence: 'h' }]).split('\n');
    const confidenceOf = (type: string) =>
      read(`${header},type\n${row},${type}\n`).hotspots[0]?.confidence;
    expect(['0', '', '1', '2', '3'].map(confidenceOf)).toEqual([0.9, 0.9, 0, 0, 0]);
  });

  it('names each row that cannot be read, by its line, and takes the others', () => {
    const table = viirsTable([
      { lat: 91 },
      {},
      { lon: 'x' },
      { lat: 0, lon: 0 },
      { lat: '' },
    ]).replace('\n\n', '\n26.7,113.2,330,0.4,0.4,2026-02-30,2512,N,VIIRS,n,2.0NRT,290,1,D\n');
    const { hotspots, faults, rows } = read(table);
    expect([hotspots.length, rows]).toEqual([1, 5]);
    expect(faults.map(({ line }) => line)).toEqual([2, 4, 5, 6]);
    expect(faults[0]?.message).toBe('latitude "91" is not within -90 and 90');
    expect(
      read(`${table}26.7,113.2,330,0.4,0.4,2026-02-30,0612,N,VIIRS,n,2,290,1,D`).faults.at(-1),
    ).toEqual({
      line: 7,
      message: 'acq_date "2026-02-30" and acq_time "0612" are no time (2026-11-28 and 0641, UTC)',
    });
  });

  it('says what a server says instead of a table', () => {
    const table = readHotspots('Invalid MAP_KEY.');
    expect(table).toMatchObject({ kind: 'unreadable' });
    expect(table).toHaveProperty('reason', expect.stringContaining('"Invalid MAP_KEY." is no'));
    expect(readHotspots(' \n ')).toEqual({ kind: 'unreadable', reason: 'it is empty' });
    expect(readHotspots('latitude,longitude,path,row,acq_date,acq_time')).toMatchObject({
      kind: 'unreadable',
    });
  });
});

describe('Himawari L2WLF', () => {
  it('has the pixel’s area and three reliabilities', () => {
    const { hotspots, faults, rows } = read(
      himawariTable([{ at, reliability: 1 }, { at }, { at, reliability: 5, frp: 'nan' }]),
    );
    expect([faults, rows]).toEqual([[], 3]);
    expect(hotspots.map(({ confidence }) => confidence)).toEqual([0.2, 0.5, 0.8]);
    expect(hotspots.map(({ frpMw }) => frpMw)).toEqual([20.5, 20.5, null]);
    expect(hotspots[0]).toMatchObject({
      satellite: { id: 'himawari' },
      observedAt: at,
      position: [113.27, 26.71],
      line: 3,
    });
    expect(hotspots[0]?.diagonalM).toBeCloseTo(1000 * Math.sqrt(8.8), 6);
  });

  it('may have no hotspot at all, and rows that cannot be read', () => {
    expect(read(himawariTable([]))).toMatchObject({ rows: 0, hotspots: [], faults: [] });
    const { faults } = read(
      `${himawariTable([{ lat: 99 }])}1,2026,11\n1,2026,13,1,0000,1,1,4,0,1,1,1\n`,
    );
    expect(faults.map(({ line }) => line)).toEqual([3, 4, 5]);
  });
});

describe('whatever is in a table', () => {
  it('is read or named, never thrown, and gives no place out of range', () => {
    const cell = fc.oneof(
      fc.constantFrom('', '0', '-1', 'nan', '1e999', '32767', '"', '#', '25:61', '2026-13-40'),
      fc.string({ maxLength: 12 }),
      fc.double().map(String),
    );
    const tables = [viirsTable([{}, { lat: 26.8 }]), modisTable([{}, {}]), himawariTable([{}, {}])];
    const mutated = fc
      .tuple(
        fc.constantFrom(...tables),
        fc.array(fc.tuple(fc.nat(5), fc.nat(16), cell), { maxLength: 6 }),
        fc.constantFrom(',', ';', '\t'),
      )
      .map(([table, changes, separator]) => {
        const lines = table.split('\n').map((line) => line.split(','));
        for (const [row, column, text] of changes) {
          const line = lines[row % lines.length];
          if (line !== undefined) line[column] = text;
        }
        return lines.map((line) => line.join(separator)).join('\n');
      });
    fc.assert(
      fc.property(mutated, (text) => {
        const table = readHotspots(text);
        if (table.kind === 'unreadable') return table.reason.length > 0;
        expect(table.hotspots.length + table.faults.length).toBe(table.rows);
        for (const { position, observedAt, confidence, diagonalM, frpMw } of table.hotspots) {
          expect(Math.abs(position[0])).toBeLessThanOrEqual(180);
          expect(Math.abs(position[1])).toBeLessThanOrEqual(90);
          expect(position).not.toEqual([0, 0]);
          expect(observedAt.getTime()).toBeGreaterThan(0);
          expect(confidence).toBeGreaterThanOrEqual(0);
          expect(confidence).toBeLessThanOrEqual(1);
          expect(diagonalM).toBeLessThanOrEqual(7_100);
          expect(frpMw === null || frpMw >= 0).toBe(true);
        }
        return true;
      }),
      { seed: 5, numRuns: 2000 },
    );
  });
});
