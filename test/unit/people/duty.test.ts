import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DutyInput, findDuty } from '../../../src/people/duty.ts';
import type { AccessRole } from '../../../src/shared/http.ts';
import { givenPerson as person } from './person-fixture.ts';

const at = (time: string) => new Date(`2026-11-02T${time}:00+08:00`);

const shift = (personId: string, regionId: string, from = '08:00', to = '20:00') => ({
  personId,
  regionId,
  from: at(from),
  to: at(to),
});

const summary = (input: Partial<DutyInput>) => {
  const duty = findDuty({
    regionChain: ['village', 'township', 'county', 'default'],
    shifts: [],
    people: [],
    now: at('12:00'),
    ...input,
  });
  return [duty.kind, ...(duty.kind === 'nobody' ? [] : duty.people.map(({ id }) => id))];
};

describe('findDuty', () => {
  it('takes everybody with a shift in any region of the chain', () => {
    const people = [person('li'), person('wang'), person('zhao')];
    const shifts = [shift('li', 'township'), shift('wang', 'default'), shift('zhao', 'elsewhere')];
    expect(summary({ people, shifts })).toEqual(['on_duty', 'li', 'wang']);
  });

  it('hands over at the minute: from is inclusive, to exclusive', () => {
    const people = [person('day'), person('night')];
    const shifts = [
      shift('day', 'county', '08:00', '20:00'),
      shift('night', 'county', '20:00', '23:00'),
    ];
    expect(summary({ people, shifts, now: at('08:00') })).toEqual(['on_duty', 'day']);
    expect(summary({ people, shifts, now: at('20:00') })).toEqual(['on_duty', 'night']);
  });

  it('does not ask which role a person on duty has', () => {
    const people = [person('ranger', { roles: [] })];
    expect(summary({ people, shifts: [shift('ranger', 'village')] })).toEqual([
      'on_duty',
      'ranger',
    ]);
  });

  it('falls back to responsible duty officers, then any, then admins', () => {
    const here = person('here', { regionIds: ['county'] });
    const there = person('there', { regionIds: ['elsewhere'] });
    const admin = person('admin', { roles: ['admin'], regionIds: ['county'] });
    const viewer = person('viewer', { roles: ['viewer'], regionIds: ['county'] });
    expect(summary({ people: [viewer, admin, there, here] })).toEqual(['responsible', 'here']);
    expect(summary({ people: [viewer, admin, there] })).toEqual(['any_duty_officer', 'there']);
    expect(summary({ people: [viewer, admin] })).toEqual(['admins', 'admin']);
    expect(summary({ people: [viewer] })).toEqual(['nobody']);
  });

  it('passes over those who cannot be told, and says who they are', () => {
    const stopped = {
      id: 'c',
      channel: 'sms' as const,
      address: '+8613800000002',
      verified: true,
      disabledAt: at('01:00'),
    };
    const mute = person('mute', { contacts: [] });
    const stop = person('stop', { contacts: [stopped], regionIds: ['county'] });
    const admin = person('admin', { roles: ['admin'] });
    const duty = findDuty({
      regionChain: ['county', 'default'],
      shifts: [shift('mute', 'county')],
      people: [mute, stop, admin],
      now: at('12:00'),
    });
    expect(duty.kind).toBe('admins');
    expect(duty.unreachable.map(({ id }) => id)).toEqual(['mute', 'stop']);
  });

  it('finds somebody whenever a reachable duty officer or admin exists', () => {
    const personArb = fc.record({
      roles: fc.subarray<AccessRole>(['viewer', 'duty_officer', 'admin']),
      regionIds: fc.subarray(['county', 'elsewhere']),
      reachable: fc.boolean(),
      shift: fc.option(fc.constantFrom('county', 'elsewhere')),
    });
    fc.assert(
      fc.property(fc.array(personArb, { maxLength: 6 }), (specs) => {
        const people = specs.map(({ roles, regionIds, reachable }, index) =>
          person(`p${index}`, { roles, regionIds, ...(reachable ? {} : { contacts: [] }) }),
        );
        const shifts = specs.flatMap((spec, index) =>
          spec.shift === null ? [] : [shift(`p${index}`, spec.shift)],
        );
        const duty = findDuty({
          regionChain: ['county', 'default'],
          shifts,
          people,
          now: at('12:00'),
        });
        const tellable = specs.some(
          (spec) =>
            spec.reachable &&
            (spec.shift === 'county' ||
              spec.roles.includes('duty_officer') ||
              spec.roles.includes('admin')),
        );
        expect(duty.kind === 'nobody').toBe(!tellable);
        const told = duty.kind === 'nobody' ? [] : duty.people;
        expect(told.filter(({ contacts }) => contacts.length === 0)).toEqual([]);
      }),
    );
  });
});
