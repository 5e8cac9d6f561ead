import { describe, expect, it } from 'vitest';
import type { Roster } from '../../../../src/people/roster/roster.ts';
import { checkRoster, rosterWarnings } from '../../../../src/people/roster/roster-check.ts';
import { givenPerson } from '../person-fixture.ts';

const people = new Map(
  [givenPerson('li'), givenPerson('mute', { contacts: [] })].map((person) => [person.id, person]),
);
const roster: Roster = {
  id: 'r',
  regionId: 'anren',
  name: '值班',
  timeZone: 'Asia/Shanghai',
  rotation: [['li'], ['li', 'mute']],
  handover: '08:00',
  daysPerTurn: 1,
  startsOn: '2026-11-01',
  endsOn: null,
};
const wrong = (options: Partial<Roster>, regionExists = true) =>
  checkRoster({ ...roster, ...options }, { people, regionExists }).map(({ path }) => path);

describe('checkRoster', () => {
  it('accepts what is right, and warns of those who cannot be told', () => {
    expect(wrong({})).toEqual([]);
    expect(rosterWarnings(roster, people)).toEqual([
      { path: 'rotation[1][1]', message: expect.stringContaining('mute (mute) has no contact') },
    ]);
  });

  it('names every wrong field at once', () => {
    const all = {
      timeZone: 'Asia/Anren',
      handover: '8:00',
      startsOn: '2026-02-30',
      endsOn: 'never',
      rotation: [[], ['nobody', 'li', 'li']],
    };
    expect(wrong(all, false)).toEqual([
      'regionId',
      'timeZone',
      'handover',
      'startsOn',
      'endsOn',
      'rotation[0]',
      'rotation[1][0]',
      'rotation[1][2]',
    ]);
    expect(wrong({ rotation: [] })).toEqual(['rotation']);
    expect(wrong({ endsOn: '2026-11-01' })).toEqual(['endsOn']);
    for (const handover of ['24:00', '08:60', '0800', '8am', '']) {
      expect(wrong({ handover })).toEqual(['handover']);
    }
  });
});
