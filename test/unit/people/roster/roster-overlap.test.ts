import { describe, expect, it } from 'vitest';
import type { Roster } from '../../../../src/people/roster/roster.ts';
import { rosterOverlaps } from '../../../../src/people/roster/roster-overlap.ts';

const now = new Date('2026-11-02T04:00:00Z');
const roster = (id: string, over: Partial<Roster> = {}): Roster => ({
  id,
  regionId: 'anren',
  name: id,
  timeZone: 'Asia/Shanghai',
  rotation: [['li'], ['wang']],
  handover: '08:00',
  daysPerTurn: 1,
  startsOn: '2026-11-01',
  endsOn: null,
  ...over,
});
const faults = (one: Roster, ...others: Roster[]) => rosterOverlaps(one, others, now);

describe('rosterOverlaps', () => {
  it('names who would be on duty twice at once, where, with whom and when', () => {
    expect(faults(roster('night', { startsOn: '2026-12-01' }), roster('day'))).toEqual([
      {
        path: 'rotation[0][0]',
        message:
          'person "li" is on duty in roster "day" at the same time, first on 2026-12-01; leave one of them out',
      },
      { path: 'rotation[1][0]', message: expect.stringContaining('"wang"') },
    ]);
  });

  it('has nothing against a second layer of the same people who take turns', () => {
    expect(faults(roster('second', { rotation: [['wang'], ['li']] }), roster('first'))).toEqual([]);
  });

  it('has nothing against others, another region, another time, or itself', () => {
    expect(faults(roster('a', { rotation: [['chen']] }), roster('b'))).toEqual([]);
    expect(faults(roster('a', { regionId: 'lingguan' }), roster('b'))).toEqual([]);
    expect(
      faults(roster('a', { startsOn: '2026-12-01' }), roster('b', { endsOn: '2026-12-01' })),
    ).toEqual([]);
    expect(faults(roster('a'), roster('a', { rotation: [['wang'], ['li']] }))).toEqual([]);
  });

  it('sees the hour that a later handover makes two shifts overlap', () => {
    const late = roster('late', { rotation: [['wang'], ['li']], handover: '09:00' });
    expect(faults(late, roster('early')).map(({ path }) => path)).toEqual([
      'rotation[1][0]',
      'rotation[0][0]',
    ]);
  });
});
