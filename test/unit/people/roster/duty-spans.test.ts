import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DutyPlan, dutySpans } from '../../../../src/people/roster/duty-spans.ts';
import type { Interval } from '../../../../src/people/roster/interval.ts';
import type { DutyOverride, Leave, Roster } from '../../../../src/people/roster/roster.ts';

/** 1 November 2026, 08:00 in Shanghai, and hours from there. */
const hour = (hours: number) => new Date(Date.UTC(2026, 10, 1, hours));
const during = (from: number, to: number): Interval => ({ from: hour(from), to: hour(to) });

const roster: Roster = {
  id: 'r1',
  regionId: 'anren',
  name: '值班',
  timeZone: 'Asia/Shanghai',
  rotation: [['li'], ['wang']],
  handover: '08:00',
  daysPerTurn: 1,
  startsOn: '2026-11-01',
  endsOn: null,
};
const override = (personId: string, insteadOf: string, when: Interval): DutyOverride => ({
  id: `${personId}-for-${insteadOf}`,
  regionId: 'anren',
  personId,
  insteadOf,
  ...when,
  reason: null,
});
const leave = (personId: string, when: Interval): Leave => ({
  id: `${personId}-away`,
  personId,
  ...when,
  reason: null,
});

const spans = (plan: Partial<DutyPlan>, window = during(0, 48)) =>
  dutySpans({ rosters: [roster], shifts: [], overrides: [], leaves: [], ...plan }, window).map(
    ({ personId, from, to, source }) => [
      personId,
      (from.getTime() - hour(0).getTime()) / 3_600_000,
      (to.getTime() - hour(0).getTime()) / 3_600_000,
      source.kind,
    ],
  );

describe('dutySpans', () => {
  it('adds one-off shifts to the rotation', () => {
    const shift = { id: 's', personId: 'zhao', regionId: 'anren', ...during(4, 10) };
    expect(spans({ shifts: [shift] })).toEqual([
      ['li', 0, 24, 'roster'],
      ['zhao', 4, 10, 'shift'],
      ['wang', 24, 48, 'roster'],
    ]);
  });

  it('puts a colleague in the place of another, for the time of the override only', () => {
    expect(spans({ overrides: [override('zhao', 'li', during(6, 12))] })).toEqual([
      ['li', 0, 6, 'roster'],
      ['zhao', 6, 12, 'override'],
      ['li', 12, 24, 'roster'],
      ['wang', 24, 48, 'roster'],
    ]);
  });

  it('swaps two persons without going in circles', () => {
    const overrides = [
      override('wang', 'li', during(0, 24)),
      override('li', 'wang', during(24, 48)),
    ];
    expect(spans({ overrides })).toEqual([
      ['wang', 0, 24, 'override'],
      ['li', 24, 48, 'override'],
    ]);
    const both = [override('wang', 'li', during(0, 48)), override('li', 'wang', during(0, 48))];
    expect(spans({ overrides: both })).toEqual([
      ['wang', 0, 24, 'override'],
      ['li', 24, 48, 'override'],
    ]);
  });

  it('leaves another region as it is', () => {
    const elsewhere = { ...override('zhao', 'li', during(0, 24)), regionId: 'elsewhere' };
    expect(spans({ overrides: [elsewhere] })).toEqual(spans({}));
  });

  it('takes a person on leave off duty: the stand-in if there is one, else nobody', () => {
    const leaves = [leave('li', during(-100, 10))];
    expect(spans({ leaves })).toEqual([
      ['li', 10, 24, 'roster'],
      ['wang', 24, 48, 'roster'],
    ]);
    const overrides = [override('zhao', 'li', during(0, 8))];
    expect(spans({ leaves, overrides })).toEqual([
      ['zhao', 0, 8, 'override'],
      ['li', 10, 24, 'roster'],
      ['wang', 24, 48, 'roster'],
    ]);
  });

  it('takes a stand-in on leave, and a person with a one-off shift, off duty as well', () => {
    const overrides = [override('zhao', 'li', during(0, 24))];
    const shifts = [{ id: 's', personId: 'qian', regionId: 'anren', ...during(0, 24) }];
    const leaves = [leave('zhao', during(0, 12)), leave('qian', during(0, 100))];
    expect(spans({ overrides, leaves, shifts })).toEqual([
      ['zhao', 12, 24, 'override'],
      ['wang', 24, 48, 'roster'],
    ]);
  });

  it('at every instant says what the rules say', () => {
    const people = ['li', 'wang', 'zhao'];
    const anyInterval = fc
      .tuple(fc.integer({ min: -30, max: 70 }), fc.integer({ min: 1, max: 40 }))
      .map(([from, length]) => during(from, from + length));
    const anyLeave = fc
      .tuple(fc.constantFrom(...people), anyInterval)
      .map(([person, when]) => leave(person, when));
    const anyOverride = fc
      .tuple(fc.constantFrom(...people), fc.constantFrom(...people), anyInterval)
      .filter(([one, other]) => one !== other)
      .map(([one, other, when]) => override(one, other, when));
    const covers = (when: Interval, at: Date) => when.from <= at && at < when.to;
    fc.assert(
      fc.property(
        fc.array(anyLeave, { maxLength: 4 }),
        fc.array(anyOverride, { maxLength: 3 }),
        fc.integer({ min: 0, max: 47 }),
        (leaves, drawn, atHour) => {
          // Two for the same person's duty at once are refused where they are entered.
          const overrides = drawn.filter(
            (one, index) =>
              !drawn
                .slice(0, index)
                .some((o) => o.insteadOf === one.insteadOf && o.from < one.to && one.from < o.to),
          );
          const at = new Date(hour(atHour).getTime() + 1_800_000);
          const planned = atHour < 24 ? 'li' : 'wang';
          const standIn = overrides.find((o) => o.insteadOf === planned && covers(o, at));
          const person = standIn?.personId ?? planned;
          const away = leaves.some((l) => l.personId === person && covers(l, at));
          const plan = { rosters: [roster], shifts: [], overrides, leaves };
          for (const window of [{ from: at, to: new Date(at.getTime() + 1) }, during(-10, 60)]) {
            const there = dutySpans(plan, window).filter((span) => covers(span, at));
            expect(there.map(({ personId }) => personId)).toEqual(away ? [] : [person]);
          }
        },
      ),
    );
  });
});
