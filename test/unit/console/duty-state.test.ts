import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageFile } from '../../../src/shared/package-root.ts';

type Channel = { channel: string; proven: boolean };
type Person = { personId: string; reachable: boolean; channels: Channel[] };
type Region = { regionId: string; people: Person[]; coveredBy?: { level: string } };
type Gap = { regionId: string; from: string; to: string };
type State = {
  count: number;
  problems: number;
  places: { regionId: string; isMissing: boolean; people: { problem: string | null }[] }[];
  gaps: { from: string; to: string | null; isSoon: boolean }[];
};

// The page is plain JavaScript, so its types are said here.
const { dutyState } = (await import(join(packageFile('src/console/public'), 'duty-state.js'))) as {
  dutyState: (answers: {
    regions: Region[];
    keepsRoster: boolean;
    gaps: Gap[];
    now: number;
    readTo: string;
  }) => State;
};

const now = Date.parse('2026-11-28T19:00:00Z');
const inHours = (hours: number): string => new Date(now + hours * 3_600_000).toISOString();
const state = (regions: Region[], gaps: Gap[] = [], keepsRoster = true): State =>
  dutyState({ regions, keepsRoster, gaps, now, readTo: inHours(168) });

const sms = { channel: 'sms', proven: true };
const person = (personId: string, over: Partial<Person> = {}): Person => ({
  personId,
  reachable: true,
  channels: [sms],
  ...over,
});
const region = (regionId: string, people: Person[], level?: string): Region => ({
  regionId,
  people,
  ...(level === undefined ? {} : { coveredBy: { level } }),
});
const gap = (from: number, to: number): Gap => ({
  regionId: 'town',
  from: inHours(from),
  to: inHours(to),
});

describe('the state of duty', () => {
  it('counts each person once, and finds nothing wrong with those who can be told', () => {
    const app = { channel: 'app', proven: true };
    const regions = [
      region('county', [person('li'), person('wang', { channels: [app] })]),
      region('town', [person('li')]),
    ];
    expect(state(regions)).toMatchObject({ count: 2, problems: 0, gaps: [] });
  });

  it.each([
    ['noContact', { reachable: false, channels: [] }],
    ['noChannel', { channels: [] }],
    [
      'unproven',
      {
        channels: [
          { channel: 'app', proven: true },
          { ...sms, proven: false },
        ],
      },
    ],
  ])('says %s of a person', (problem, over) => {
    const li = person('li', over);
    const { problems, places } = state([
      region('county', [person('wang')]),
      region('town', [li]),
      region('village', [li]),
    ]);
    expect(problems).toBe(1);
    // What is wrong comes first.
    expect(places.map(({ regionId, people }) => [regionId, people[0]?.problem])).toEqual([
      ['town', problem],
      ['village', problem],
      ['county', null],
    ]);
  });

  it('misses somebody where a roster is kept and others are told, though those are on duty above', () => {
    const covered = region('town', [], 'on_duty');
    expect(state([covered])).toMatchObject({ problems: 1, places: [{ isMissing: true }] });
  });

  it('misses nobody where no roster is kept, unless there is nobody at all', () => {
    const standIn = (level: string) => state([region('default', [], level)], [], false);
    expect(standIn('admins')).toMatchObject({ count: 0, problems: 0 });
    expect(standIn('nobody')).toMatchObject({ count: 0, problems: 1 });
  });

  it('takes a gap of the next 24 hours for a problem, one that has begun for its region’s', () => {
    const soon = (from: number) => state([], [gap(from, from + 10)]);
    expect([-1, 1, 24, 25].map((from) => soon(from).problems)).toEqual([0, 1, 1, 0]);
    expect([-1, 24, 25].map((from) => soon(from).gaps[0]?.isSoon)).toEqual([true, true, false]);
  });

  it('lists the next gap first, and no end of one that lasts to the end of what was read', () => {
    const { gaps } = state([], [gap(90, 168), gap(30, 40)]);
    expect(gaps).toMatchObject([
      { from: inHours(30), to: inHours(40) },
      { from: inHours(90), to: null },
    ]);
  });
});
