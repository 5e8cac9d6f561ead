import { describe, expect, it } from 'vitest';
import type { Person } from '../../../../src/people/person.ts';
import { planImport } from '../../../../src/people/shift-import/plan-import.ts';
import type { RosterRow } from '../../../../src/people/shift-import/read-rows.ts';
import { givenPerson } from '../person-fixture.ts';

const E164 = { li: '+8613800000001', wang: '+8613800000002', new: '+8613800000009' };

const person = (id: string, name: string, e164: string): Person => {
  const contact = { id: `${id}-c`, channel: 'sms' as const, verified: true, disabledAt: null };
  return givenPerson(id, { name, contacts: [{ ...contact, address: e164 }] });
};
const li = person('li', '李 明', E164.li);
const wang = person('wang', '王强', E164.wang);

const row = (line: number, name: string, e164: string | null, [from, to] = [0, 12]): RosterRow => ({
  line,
  name,
  e164,
  from: new Date(Date.UTC(2026, 10, line, from)),
  to: new Date(Date.UTC(2026, 10, line, to)),
  month: '2026-11-01',
});

const plan = (
  rows: RosterRow[],
  options: { candidates?: Person[]; createPeople?: boolean; elsewhere?: string[] } = {},
) => {
  const { candidates = [li, wang], createPeople = false, elsewhere = [] } = options;
  const concerns = ({ id }: Person) => !elsewhere.includes(id);
  const result = planImport({ rows, candidates, concerns, createPeople });
  return result.ok
    ? {
        who: result.shifts.map(({ who }) => ('personId' in who ? who.personId : who.newcomer)),
        newcomers: result.newcomers,
        warnings: result.warnings.map(({ path }) => path),
      }
    : result.faults;
};

describe('planImport', () => {
  it('finds persons by number, then by a name that only one has', () => {
    expect(plan([row(2, '李明', E164.li), row(3, '李　明', null)])).toEqual({
      who: ['li', 'li'],
      newcomers: [],
      warnings: [],
    });
  });

  it('warns, once, when number and name do not belong together', () => {
    const rows = [row(2, '王强', E164.li), row(3, '王强', E164.li), row(4, '王强', E164.new)];
    expect(plan(rows)).toEqual({
      who: ['li', 'li', 'wang'],
      newcomers: [],
      warnings: ['lines[2]', 'lines[4]'],
    });
  });

  it('does not guess between namesakes, or between two with one number', () => {
    const other = person('other', '李明', '+8613800000003');
    const candidates = [li, other, wang];
    expect(plan([row(2, '李明', null)], { candidates })).toMatchObject([{ path: 'lines[2].name' }]);
    expect(plan([row(2, '李明', null)], { candidates, elsewhere: ['other'] })).toMatchObject({
      who: ['li'],
    });
    expect(plan([row(2, '李明', E164.li)], { candidates })).toMatchObject({ who: ['li'] });
    const shared = [li, person('twin', '赵', E164.li)];
    expect(plan([row(2, '钱', E164.li)], { candidates: shared })).toMatchObject([
      { path: 'lines[2].phone' },
    ]);
    expect(plan([row(2, '赵', E164.li)], { candidates: shared })).toMatchObject({ who: ['twin'] });
  });

  it('names who is unknown in every line, or registers them once when told to', () => {
    const rows = [row(2, '赵', E164.new), row(3, '赵', E164.new), row(4, '钱', null)];
    expect(plan(rows)).toMatchObject([
      { path: 'lines[2].name', message: expect.stringContaining('createPeople=true') },
      { path: 'lines[3].name' },
      { path: 'lines[4].name' },
    ]);
    expect(plan(rows.slice(0, 2), { createPeople: true })).toEqual({
      who: [E164.new, E164.new],
      newcomers: [{ name: '赵', e164: E164.new, lines: [2, 3] }],
      warnings: [],
    });
    expect(plan(rows, { createPeople: true })).toMatchObject([{ path: 'lines[4].phone' }]);
    expect(
      plan([row(2, '赵', E164.new), row(3, '孙', E164.new)], { createPeople: true }),
    ).toMatchObject([{ path: 'lines[3].phone', message: expect.stringContaining('line 2') }]);
  });

  it('refuses two shifts of one person at once, naming both lines', () => {
    const twice = { ...row(5, '李明', null), line: 9 };
    const late = { ...row(5, '李明', null, [11, 20]), line: 3 };
    expect(plan([row(5, '李明', E164.li), twice])).toEqual([
      { path: 'lines[9].shift', message: expect.stringContaining('in line 5') },
    ]);
    expect(plan([row(5, '李明', E164.li), late])).toMatchObject([{ path: 'lines[5].shift' }]);
    const after = { ...row(5, '李明', null, [12, 20]), line: 6 };
    expect(plan([row(5, '李明', E164.li), after])).toMatchObject({ who: ['li', 'li'] });
  });
});
