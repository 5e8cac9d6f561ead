import type { Person } from '../../../src/people/person.ts';

/** A duty officer with an SMS number. */
export const givenPerson = (id: string, options: Partial<Person> = {}): Person => ({
  id,
  name: id,
  roles: ['duty_officer'],
  regionIds: [],
  locale: 'zh-CN',
  contacts: [
    {
      id: `${id}-sms`,
      channel: 'sms',
      address: '+8613800000001',
      verified: true,
      disabledAt: null,
    },
  ],
  createdAt: new Date('2026-11-01T00:00:00Z'),
  ...options,
});
