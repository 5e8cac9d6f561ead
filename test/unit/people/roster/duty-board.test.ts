import { describe, expect, it } from 'vitest';
import type { Person } from '../../../../src/people/person.ts';
import { regionDuty } from '../../../../src/people/roster/duty-board.ts';
import type { DutySpan } from '../../../../src/people/roster/duty-spans.ts';
import { givenPerson } from '../person-fixture.ts';

const at = new Date('2026-11-02T12:00:00Z');
const until = (hours: number) => new Date(at.getTime() + hours * 3_600_000);
const span = (personId: string, regionId: string, hours = 8): DutySpan => ({
  personId,
  regionId,
  from: new Date(at.getTime() - 1),
  to: until(hours),
  source: { kind: 'roster', rosterId: `${regionId}-${hours}` },
});

const board = (spans: DutySpan[], people: Person[], onLeave: string[] = []) => {
  const { people: entries, coveredBy } = regionDuty('town', {
    spans,
    people: new Map(people.map((person) => [person.id, person])),
    onLeave: new Set(onLeave),
    chainOf: () => ['town', 'county', 'default'],
    at,
  });
  return {
    people: entries.map(({ person, until: ends }) => [person.id, ends]),
    ...(coveredBy === undefined
      ? {}
      : { coveredBy: { ...coveredBy, people: coveredBy.people.map(({ id }) => id) } }),
  };
};

const li = givenPerson('li');
const wang = givenPerson('wang');
const mute = givenPerson('mute', { contacts: [] });

describe('regionDuty', () => {
  it('names those on duty, once each, until the last of their turns ends', () => {
    const spans = [span('li', 'town', 4), span('li', 'town', 9), span('wang', 'county')];
    expect(board(spans, [li, wang])).toEqual({ people: [['li', until(9)]] });
  });

  it('names the nearest region above that has somebody who can be told', () => {
    const spans = [span('mute', 'town'), span('mute', 'county'), span('wang', 'default')];
    expect(board(spans, [mute, wang])).toEqual({
      people: [['mute', until(8)]],
      coveredBy: { level: 'on_duty', regionId: 'default', people: ['wang'] },
    });
  });

  it('goes on to the responsible, all officers and the admins, those on leave last', () => {
    const here = givenPerson('here', { regionIds: ['county'] });
    const admin = givenPerson('admin', { roles: ['admin'] });
    const covered = (people: Person[], onLeave: string[] = []) => board([], people, onLeave);
    expect(covered([here, li, admin])).toMatchObject({
      coveredBy: { level: 'responsible', people: ['here'] },
    });
    expect(covered([here, li, admin], ['here'])).toMatchObject({
      coveredBy: { level: 'any_duty_officer', people: ['li'] },
    });
    expect(covered([here, admin], ['here'])).toMatchObject({
      coveredBy: { level: 'admins', people: ['admin'] },
    });
    expect(covered([here], ['here'])).toMatchObject({
      coveredBy: { level: 'responsible', people: ['here'] },
    });
    expect(covered([mute])).toMatchObject({ coveredBy: { level: 'nobody', people: [] } });
  });
});
