import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../../src/notify/backoff.ts';
import { planNotifications } from '../../../src/notify/plan-notifications.ts';
import { policyFor } from '../../../src/notify/policy.ts';
import type { Contact, ContactChannel, Person } from '../../../src/people/index.ts';
import type { Policy } from '../../../src/shared/county-config.ts';

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
const step = (
  channels: Policy['steps'][number]['channels'],
  afterS = 0,
): Policy['steps'][number] => ({
  afterS,
  to: [{ onDuty: true }],
  channels,
});
const plan = (people: Person[], steps = [step(['sms', 'app'])]) =>
  planNotifications({ steps, people, openedAt }).map(
    (row) =>
      `${row.step} ${row.person.id} ${row.channel} ${row.address} +${(row.dueAt.getTime() - openedAt.getTime()) / 1000}`,
  );

describe('planNotifications', () => {
  it('tells each person once on each channel of the step', () => {
    const li = person('li', [
      contact('sms', '1'),
      contact('sms', '2'),
      contact('app', 'li'),
      contact('webhook', 'w'),
    ]);
    const wang = person('wang', [contact('app', 'wang')]);
    expect(plan([li, wang])).toEqual(['0 li sms 1 +0', '0 li app li +0', '0 wang app wang +0']);
  });

  it('prefers a verified contact and never uses a disabled one', () => {
    const li = person('li', [
      contact('sms', 'stopped', { verified: true, disabledAt: openedAt }),
      contact('sms', 'unverified'),
      contact('sms', 'verified', { verified: true }),
    ]);
    expect(plan([li])).toEqual(['0 li sms verified +0']);
  });

  it('uses whatever contact a person has rather than none', () => {
    expect(plan([person('li', [contact('webhook', 'w'), contact('email', 'e')])])).toEqual([
      '0 li webhook w +0',
      '0 li email e +0',
    ]);
    expect(plan([person('li', [])])).toEqual([]);
  });

  it('plans later steps for later', () => {
    const li = person('li', [contact('sms', '1'), contact('app', 'li')]);
    expect(plan([li], [step(['app']), step(['sms', 'app'], 60)])).toEqual([
      '0 li app li +0',
      '1 li sms 1 +60',
      '1 li app li +60',
    ]);
  });

  it('reaches everybody who has a contact that may be used, and repeats no (step, person, channel)', () => {
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
        const rows = planNotifications({ steps: [step(['sms', 'app'])], people, openedAt });
        const keys = rows.map((row) => `${row.step} ${row.person.id} ${row.channel}`);
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
  const policy = (id: string, regionIds: string[]): Policy => ({
    id,
    name: id,
    regionIds,
    steps: [step(['sms'])],
  });
  const policies = [
    policy('default', []),
    policy('county', ['anren']),
    policy('town', ['lingguan', 'yongle']),
  ];

  it('takes the nearest region’s own policy, else the default', () => {
    expect(policyFor(policies, ['v1', 'lingguan', 'anren', 'default'])?.id).toBe('town');
    expect(policyFor(policies, ['v2', 'other', 'anren', 'default'])?.id).toBe('county');
    expect(policyFor(policies, ['default'])?.id).toBe('default');
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
