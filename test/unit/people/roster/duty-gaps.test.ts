import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dutyGaps } from '../../../../src/people/roster/duty-gaps.ts';
import type { DutyPlan } from '../../../../src/people/roster/duty-spans.ts';
import type { Leave, Roster } from '../../../../src/people/roster/roster.ts';

const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 10, 1);
/** Hours from 1 November 2026, 08:00 in Shanghai. */
const hour = (hours: number) => new Date(START + hours * HOUR_MS);
const during = (from: number, to: number) => ({ from: hour(from), to: hour(to) });

const roster = (regionId: string, options: Partial<Roster> = {}): Roster => ({
  id: `roster-${regionId}`,
  regionId,
  name: '值班',
  timeZone: 'Asia/Shanghai',
  rotation: [['li'], ['wang']],
  handover: '08:00',
  daysPerTurn: 1,
  startsOn: '2026-11-01',
  endsOn: null,
  ...options,
});
const shift = (personId: string, regionId: string, from: number, to: number) => ({
  id: `${personId}-${from}`,
  personId,
  regionId,
  ...during(from, to),
});
const leave = (personId: string, from: number, to: number): Leave => ({
  id: `${personId}-away`,
  personId,
  ...during(from, to),
  reason: null,
});

const gaps = (
  plan: Partial<DutyPlan>,
  [from, to]: readonly [number, number],
  reachable = ['li', 'wang', 'zhao'],
) =>
  dutyGaps(
    {
      plan: { rosters: [], shifts: [], overrides: [], leaves: [], ...plan },
      reachable: new Set(reachable),
      chainOf: (id) => (id === 'town' ? ['town', 'county', 'default'] : [id, 'default']),
    },
    during(from, to),
  ).map((gap) => [
    gap.regionId,
    (gap.from.getTime() - START) / HOUR_MS,
    (gap.to.getTime() - START) / HOUR_MS,
    gap.coveredAbove,
  ]);

describe('dutyGaps', () => {
  it('are none in a rotation that goes on, and none where no roster is kept', () => {
    expect(gaps({ rosters: [roster('town')] }, [0, 200])).toEqual([]);
    expect(gaps({}, [0, 200])).toEqual([]);
  });

  it('begin where the last turn ends, and last to the end of what is looked at', () => {
    const ends = roster('town', { endsOn: '2026-11-03' });
    expect(gaps({ rosters: [ends] }, [24, 100])).toEqual([['town', 48, 100, false]]);
    expect(gaps({ rosters: [ends] }, [60, 100])).toEqual([['town', 48, 100, false]]);
  });

  it('are not there before a roster begins, and no more a month after it ended', () => {
    expect(gaps({ rosters: [roster('town')] }, [-48, 48])).toEqual([]);
    const ended = { shifts: [shift('li', 'town', 0, 12)] };
    expect(gaps(ended, [24, 48])).toEqual([['town', 12, 48, false]]);
    expect(gaps(ended, [12 + 31 * 24 - 1, 12 + 32 * 24])).toHaveLength(1);
    expect(gaps(ended, [12 + 31 * 24, 12 + 32 * 24])).toEqual([]);
  });

  it('are made by leave without a stand-in, and by a person who cannot be told', () => {
    const rosters = [roster('town')];
    expect(gaps({ rosters, leaves: [leave('wang', 30, 40)] }, [0, 72])).toEqual([
      ['town', 30, 40, false],
    ]);
    expect(gaps({ rosters }, [0, 72], ['li'])).toEqual([['town', 24, 48, false]]);
    // From the first turn on, though it is the one that came to nothing.
    expect(gaps({ rosters }, [0, 30], ['wang'])).toEqual([['town', 0, 24, false]]);
  });

  it('are filled by a second layer or a one-off shift', () => {
    const plan = { rosters: [roster('town', { endsOn: '2026-11-02' })] };
    expect(gaps({ ...plan, shifts: [shift('zhao', 'town', 24, 30)] }, [0, 48])).toEqual([
      ['town', 30, 48, false],
    ]);
    const night = roster('town', { id: 'n', rotation: [['zhao']] });
    expect(gaps({ rosters: [...plan.rosters, night] }, [0, 48])).toEqual([]);
  });

  it('say whether those above are on duty all that time', () => {
    const town = { shifts: [shift('li', 'town', 0, 12)] };
    const county = roster('county', { rotation: [['zhao']] });
    expect(gaps({ ...town, rosters: [county] }, [0, 48])).toEqual([['town', 12, 48, true]]);
    const short = shift('zhao', 'county', 0, 47);
    expect(gaps({ shifts: [...town.shifts, short] }, [0, 48])).toEqual([
      ['county', 47, 48, false],
      ['town', 12, 48, false],
    ]);
    // What of it is over does not count.
    const late = shift('zhao', 'county', 20, 48);
    expect(gaps({ shifts: [...town.shifts, late] }, [24, 48])).toEqual([['town', 12, 48, true]]);
  });

  it('keep their start whenever one looks: it is what a warning is known by', () => {
    const anyShift = fc
      .record({
        personId: fc.constantFrom('li', 'wang', 'nobody'),
        from: fc.integer({ min: 0, max: 300 }),
        length: fc.integer({ min: 1, max: 30 }),
      })
      .map(({ personId, from, length }) => shift(personId, 'town', from, from + length));
    fc.assert(
      fc.property(
        fc.array(anyShift, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 1, max: 100 }),
        (shifts, now, laterBy) => {
          const starts = (at: number) =>
            gaps({ shifts }, [at, 1000]).map(([, from]) => Number(from));
          const later = now + laterBy;
          const known = starts(now);
          const seenLater = starts(later).filter((from) => from < later);
          for (const from of seenLater) expect(known).toContain(from);
        },
      ),
    );
  });
});
