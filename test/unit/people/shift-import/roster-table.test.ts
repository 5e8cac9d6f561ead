import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRosterTable } from '../../../../src/people/shift-import/roster-table.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
/** 姓名,电话,日期,班次 / 李明,13800000001,2026-11-03,白班 in GB18030, as a Chinese Excel saves CSV. */
const GB18030 = Uint8Array.from(
  Buffer.from(
    'd0d5c3fb2cb5e7bbb02cc8d5c6da2cb0e0b4ce0d0ac0eec3f72c31333830303030303030312c323032362d31312d30332cb0d7b0e00d0a',
    'hex',
  ),
);

const read = (bytes: Uint8Array | string) => {
  const table = readRosterTable(typeof bytes === 'string' ? utf8(bytes) : bytes);
  return table.ok ? table.rows : table.faults;
};
const row = (line: number, name = '李明') => ({
  line,
  name,
  phone: '13800000001',
  date: '2026-11-03',
  shift: '白班',
});

describe('readRosterTable', () => {
  it('reads what offices save: UTF-8 with and without a mark, GB18030, UTF-16', () => {
    const text = '姓名,电话,日期,班次\r\n李明,13800000001,2026-11-03,白班\r\n';
    expect(read(text)).toEqual([row(2)]);
    expect(read(`\ufeff${text}`)).toEqual([row(2)]);
    expect(read(GB18030)).toEqual([row(2)]);
    expect(read(Uint8Array.from(Buffer.from(`\ufeff${text}`, 'utf16le')))).toEqual([row(2)]);
  });

  it('takes comma, tab or semicolon, columns in any order, and leaves others out', () => {
    expect(read('序号\t班次\t日期\t手机号\t姓名\n1\t白班\t2026-11-03\t13800000001\t李明')).toEqual([
      row(2),
    ]);
    expect(
      read('Name;Phone;Date;Shift;Note\n李明;13800000001;2026-11-03;白班;a, b, c, d, e'),
    ).toEqual([row(2)]);
  });

  it('looks for the header below a title, and tells the line of the file, not of the table', () => {
    const file = [
      '安仁县 11 月值班表,,,',
      '',
      ' 姓 名 ,电话,日期,班次',
      '"李明",13800000001,2026-11-03,白班',
      ',,,',
      '王强,13800000001,2026-11-03,白班',
    ].join('\n');
    expect(read(file)).toEqual([row(4), row(6, '王强')]);
  });

  it('says what is missing and how to mend it', () => {
    const [columns] = read('姓名,电话,班次\n李明,1,白班') as { path: string; message: string }[];
    expect(columns?.path).toBe('lines[1]');
    expect(columns?.message).toContain('names no column date (日期);');
    expect(columns?.message).toContain('姓名, 电话, 班次');
    expect(read('')).toMatchObject([{ path: 'lines[1]' }]);
    expect(read('name,phone,date,shift\n')).toMatchObject([
      { path: 'lines[1]', message: expect.stringContaining('no row follows') },
    ]);
    expect(read('name,phone,date,shift\na,b,c,d\n"a"x,b,c,d')).toMatchObject([
      { path: 'lines[3]', message: expect.stringContaining('quotation marks') },
    ]);
    expect(read(Uint8Array.from([0x50, 0x4b, 3, 4, 0, 0, 0xff]))).toMatchObject([{ path: 'file' }]);
  });

  it('gives rows or faults for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const table = readRosterTable(bytes);
        expect(table.ok ? table.rows.length : table.faults.length).toBeGreaterThan(0);
      }),
    );
  });

  it('reads back what was written, whatever is in the cells', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.trim());
    const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            cell.map((name) => `n${name}`.trim()),
            cell,
            cell,
            cell,
          ),
          { minLength: 1, maxLength: 5 },
        ),
        fc.constantFrom(',', ';', '\t'),
        (cells, delimiter) => {
          const lines = cells.map((row) => row.map(quote).join(delimiter));
          const file = [['姓名', '电话', '日期', '班次'].join(delimiter), ...lines].join('\r\n');
          const rows = read(file);
          expect(rows).toMatchObject(
            cells.map(([name, phone, date, shift], index) => {
              return { line: index + 2, name, phone, date, shift };
            }),
          );
        },
      ),
    );
  });
});
