import type { Contact, ContactChannel, Person } from './person.ts';

/** Reached by the person's own login: nobody else can be at the other end, and there is nothing to prove. */
const OWN_LOGIN: readonly ContactChannel[] = ['app', 'web_push', 'log'];

/**
 * Which of the contacts that are not disabled are used. One that is not verified is left out as soon as another is that
 * could be somebody else's (a phone, an address); while none is, all are used: told at a number nobody has proven beats not
 * told. A number proven by SMS is also good for calls.
 */
export const usableContacts = (contacts: readonly Contact[]): Contact[] => {
  const open = contacts.filter(({ disabledAt }) => disabledAt === null);
  const proven = open.filter(({ verified, channel }) => verified && !OWN_LOGIN.includes(channel));
  if (proven.length === 0) return open;
  const numbers = new Set(proven.map(({ address }) => address));
  return open.filter(
    ({ verified, channel, address }) =>
      verified || OWN_LOGIN.includes(channel) || (channel === 'voice' && numbers.has(address)),
  );
};

/** What keeps a person from being told as he or she should be, each with the field it is about. */
export const contactWarningsOf = ({
  contacts,
}: Pick<Person, 'contacts'>): { path: string; message: string }[] => {
  const usable = usableContacts(contacts);
  if (usable.length === 0) {
    const message = 'none that may be used: this person cannot be told of a fire; add one';
    return [{ path: 'contacts', message }];
  }
  return contacts.flatMap(({ disabledAt, verified, channel, ...contact }, index) => {
    if (disabledAt !== null || verified || OWN_LOGIN.includes(channel)) return [];
    const isUsed = usable.some(({ id }) => id === contact.id);
    if (isUsed && channel === 'voice' && usable.some((other) => other.verified)) return [];
    const message = isUsed
      ? 'is not verified; it is used because no other is: send it a code (POST …/verification)'
      : 'is not verified and not used until it is: send it a code (POST …/verification)';
    return [{ path: `contacts[${index}]`, message }];
  });
};
