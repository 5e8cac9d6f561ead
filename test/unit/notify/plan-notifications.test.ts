import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  effectivePolicies,
  policyFor,
  type Situation,
} from '../../../src/notify/escalation/policy-for.ts';
import {
  nextContact,
  planNotifications,
  setUpChannels,
} from '../../../src/notify/plan-notifications.ts';
import type { Contact, ContactChannel, Person } from '../../../src/people/index.ts';
import { backoffMs } from '../../../src/shared/backoff.ts';
import type { Policy, PolicyChannel } from '../../../src/shared/policy.ts';

const openedAt = new Date('2026-11-02T06:05:00Z');

const contact = (
  channel: ContactChannel,
  address: string,
  options: Partial<Contact> = {},
): Contact => ({
  id: address,
  channel,
  address,
  verified: false,
  disabledAt: null,
  ...options,
});
const person = (id: string, contacts: Contact[]): Person => ({
  id,
  name: id,
  roles: ['duty_officer'],
  regionIds: [],
  locale: 'zh-CN',
  contacts,
  createdAt: openedAt,
});
const plan = (people: Person[], channels: PolicyChannel[] = ['sms', 'app']) =>
  planNotifications(people, channels, setUpChannels({})).map(
    (row) => `${row.person.id} ${row.channel} ${row.address}`,
  );

describe('where a person is told next', () => {
  const setUp = new Set<ContactChannel>(['sms', 'app', 'webhook']);
  const next = (li: Person, used: string[], working: string[] = ['sms', 'app', 'webhook']) =>
    nextContact(li, new Set(used), { setUp, works: (channel) => working.includes(channel) })
      ?.address;
  const li = person('li', [
    contact('email', 'li@example.org'),
    contact('sms', 'stopped', { disabledAt: openedAt }),
    contact('sms', 'unverified'),
    contact('sms', 'verified', { verified: true }),
    contact('webhook', 'hook'),
    contact('app', 'li'),
  ]);

  it('is the first channel in the person’s own order that is set up and was not used', () => {
    expect(next(li, ['app'])).toBe('verified');
    expect(next(li, ['app', 'sms'])).toBe('hook');
    expect(next(li, ['app', 'sms', 'webhook'])).toBeUndefined();
  });

  it('is one that works before one that does not, and that before none', () => {
    expect(next(li, ['webhook'], ['app'])).toBe('li');
    expect(next(li, ['webhook', 'app'], [])).toBe('verified');
  });

  it('is never a contact that was disabled', () => {
    const mute = person('li', [contact('sms', 'stopped', { disabledAt: openedAt })]);
    expect(next(mute, ['app'])).toBeUndefined();
  });
});

describe('planNotifications', () => {
  it('tells each person once on each channel of the step', () => {
    const li = person('li', [
      contact('sms', '1'),
      contact('sms', '2'),
      contact('app', 'li'),
      contact('webhook', 'w'),
    ]);
    const wang = person('wang', [contact('app', 'wang')]);
    expect(plan([li, wang])).toEqual(['li sms 1', 'li app li', 'wang app wang']);
  });

  it('prefers a verified contact and never uses a disabled one', () => {
    const li = person('li', [
      contact('sms', 'stopped', { verified: true, disabledAt: openedAt }),
      contact('sms', 'unverified'),
      contact('sms', 'verified', { verified: true }),
    ]);
    expect(plan([li])).toEqual(['li sms verified']);
  });

  it('uses whatever contact a person has rather than none', () => {
    expect(plan([person('li', [contact('webhook', 'w'), contact('email', 'e')])])).toEqual([
      'li webhook w',
    ]);
    // The service cannot send mail: it goes to the log, where somebody may see it.
    expect(plan([person('li', [contact('email', 'e')])])).toEqual(['li email e']);
    expect(plan([person('li', [])])).toEqual([]);
  });

  it('does without a channel this service cannot send by, unless there is no other', () => {
    const li = person('li', [contact('voice', '1'), contact('sms', '2')]);
    expect(plan([li], ['voice', 'sms'])).toEqual(['li sms 2']);
    expect(plan([li], ['voice'])).toEqual(['li sms 2']);
  });

  it('reaches everybody who has a contact that may be used, and repeats no (person, channel)', () => {
    const contactArb = fc.record({
      channel: fc.constantFrom<ContactChannel>('sms', 'app', 'webhook', 'email', 'voice'),
      address: fc.constantFrom('1', '2', '3'),
      verified: fc.boolean(),
      disabledAt: fc.constantFrom(null, openedAt),
    });
    fc.assert(
      fc.property(fc.array(fc.array(contactArb, { maxLength: 6 }), { maxLength: 4 }), (all) => {
        const people = all.map((contacts, index) =>
          person(
            `p${index}`,
            contacts.map((c) => contact(c.channel, c.address, c)),
          ),
        );
        const rows = planNotifications(people, ['sms', 'app'], setUpChannels({}));
        const keys = rows.map((row) => `${row.person.id} ${row.channel}`);
        expect(new Set(keys).size).toBe(keys.length);
        const reachable = people.filter(({ contacts }) =>
          contacts.some((c) => c.disabledAt === null),
        );
        expect(new Set(rows.map((row) => row.person.id))).toEqual(
          new Set(reachable.map(({ id }) => id)),
        );
      }),
    );
  });
});

describe('policyFor', () => {
  const policy = (id: string, regionIds: string[], conditions: Partial<Policy> = {}): Policy => ({
    id,
    name: id,
    regionIds,
    steps: [{ afterS: 0, to: [{ onDuty: true }], channels: ['sms'] }],
    ...conditions,
  });
  const policies = [
    policy('default', []),
    policy('county', ['anren']),
    policy('town', ['lingguan', 'yongle']),
    policy('town-strong', ['lingguan'], { levels: ['strong'] }),
    policy('town-night', ['lingguan'], { hours: { from: '22:00', to: '06:00' } }),
    policy('town-strong-night', ['lingguan'], {
      levels: ['strong'],
      severities: ['high', 'critical'],
      hours: { from: '22:00', to: '06:00' },
    }),
  ];
  const idFor = (regionChain: string[], over: Partial<Situation> = {}) =>
    policyFor(policies, {
      regionChain,
      severity: 'moderate',
      level: 'review',
      localTime: '12:00',
      ...over,
    })?.id;

  it('takes the nearest region’s own policy, else the default', () => {
    expect(idFor(['v1', 'lingguan', 'anren', 'default'])).toBe('town');
    expect(idFor(['v2', 'other', 'anren', 'default'])).toBe('county');
    expect(idFor(['default'])).toBe('default');
  });

  it('takes the one with most conditions that hold', () => {
    const chain = ['lingguan', 'anren', 'default'];
    expect(idFor(chain, { level: 'strong' })).toBe('town-strong');
    const hours = ['21:59', '22:00', '00:00', '05:59', '06:00'];
    expect(hours.map((localTime) => idFor(chain, { localTime }))).toEqual([
      'town',
      'town-night',
      'town-night',
      'town-night',
      'town',
    ]);
    const worst = { level: 'strong', severity: 'critical', localTime: '23:00' } as const;
    expect(idFor(chain, worst)).toBe('town-strong-night');
    expect(idFor(['yongle', 'default'], worst)).toBe('town');
  });

  it('lets one entered take the place of the configured one of its id', () => {
    const entered = [policy('default', [], { name: 'ours' })];
    expect(effectivePolicies(entered, policies).map(({ id, name }) => `${id} ${name}`)).toEqual([
      'default ours',
      ...policies.slice(1).map(({ id }) => `${id} ${id}`),
    ]);
  });
});

describe('backoffMs', () => {
  it('doubles up to the maximum, with half of it random', () => {
    const at = (failures: number, random: number) =>
      backoffMs(failures, { baseMs: 1000, maxMs: 30_000, random });
    expect([1, 2, 3, 5, 6, 1000].map((n) => at(n, 0))).toEqual([
      500, 1000, 2000, 8000, 15_000, 15_000,
    ]);
    expect(at(1, 0.999)).toBe(1000);
    expect(at(1000, 0.999)).toBeLessThanOrEqual(30_000);
  });
});
