import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONTACT_CHANNELS, type Contact, type ContactChannel } from '../../../src/people/person.ts';
import { contactWarningsOf, toldBy, usableContacts } from '../../../src/people/usable-contacts.ts';

const contact = (channel: ContactChannel, over: Partial<Contact> = {}): Contact => ({
  id: `${channel} ${over.address ?? '1'}`,
  channel,
  address: '1',
  verified: false,
  disabledAt: null,
  ...over,
});
const channels = (contacts: readonly Contact[]) => contacts.map(({ channel }) => channel);
const warnings = (contacts: Contact[]) => contactWarningsOf({ contacts }).map(({ path }) => path);

describe('usableContacts', () => {
  it('leaves out what is not verified as soon as something is', () => {
    const email = contact('email', { verified: true });
    expect(channels(usableContacts([contact('sms'), email]))).toEqual(['email']);
    expect(channels(usableContacts([contact('sms'), contact('email')]))).toEqual(['sms', 'email']);
    expect(warnings([contact('sms'), email])).toEqual(['contacts[0]']);
    expect(warnings([contact('sms'), contact('email')])).toEqual(['contacts[0]', 'contacts[1]']);
  });

  it('does not take an app for a phone: an app that nobody looks at must not silence the number', () => {
    const app = contact('app', { verified: true });
    expect(channels(usableContacts([contact('sms'), app]))).toEqual(['sms', 'app']);
    const sms = contact('sms', { verified: true });
    expect(channels(usableContacts([sms, contact('app')]))).toEqual(['sms', 'app']);
    // Nor for the proof of a number.
    expect(warnings([contact('voice'), app])).toEqual(['contacts[0]']);
  });

  it('calls a number that was proven by SMS', () => {
    const sms = contact('sms', { verified: true });
    expect(channels(usableContacts([sms, contact('voice')]))).toEqual(['sms', 'voice']);
    expect(warnings([sms, contact('voice')])).toEqual([]);
    expect(channels(usableContacts([sms, contact('voice', { address: '2' })]))).toEqual(['sms']);
  });

  it('goes back to the unverified when the verified one was stopped', () => {
    const stopped = contact('sms', { verified: true, disabledAt: new Date() });
    expect(channels(usableContacts([stopped, contact('email')]))).toEqual(['email']);
    expect(usableContacts([stopped])).toEqual([]);
    expect(warnings([stopped])).toEqual(['contacts']);
  });

  it('tells over what is set up, each channel once, and says which address nobody has proven', () => {
    const told = (contacts: Contact[]) =>
      toldBy(contacts, new Set(['sms', 'app', 'voice'] as const)).map(
        ({ channel, proven }) => `${channel} ${String(proven)}`,
      );
    const sms = contact('sms', { verified: true });
    const other = contact('sms', { address: '2' });
    expect(told([contact('sms'), other, contact('app')])).toEqual(['sms false', 'app true']);
    expect(told([sms, other, contact('voice')])).toEqual(['sms true', 'voice true']);
    // Mail cannot be sent here, so that it is proven is no help.
    expect(told([contact('email', { verified: true }), other])).toEqual(['sms false']);
    expect(told([contact('email', { verified: true })])).toEqual([]);
  });

  it('leaves nobody without who has a contact that is not disabled', () => {
    const arb = fc.record({
      channel: fc.constantFrom(...CONTACT_CHANNELS),
      verified: fc.boolean(),
      address: fc.constantFrom('1', '2'),
      disabledAt: fc.constantFrom(null, new Date()),
    });
    fc.assert(
      fc.property(fc.array(arb, { maxLength: 6 }), (list) => {
        const contacts = list.map((over) => contact(over.channel, over));
        const usable = usableContacts(contacts);
        expect(usable.length > 0).toBe(contacts.some(({ disabledAt }) => disabledAt === null));
        expect(usable.every(({ disabledAt }) => disabledAt === null)).toBe(true);
      }),
    );
  });
});
