import type { Contact, ContactChannel, Person } from './person.ts';

/**
 * Nothing to prove by a code: the person's own login is at the other end, or a machine whose address an admin has entered.
 * They do not count as proven either: a browser that somebody once subscribed must not silence the telephone.
 */
const NEEDS_NO_CODE: readonly ContactChannel[] = [
  'app',
  'web_push',
  'jpush',
  'webhook',
  'wecom',
  'dingtalk',
  'feishu',
  'log',
];

/**
 * Which of the contacts that are not disabled are used. One that is not verified is left out as soon as another is that
 * could be somebody else's (a phone, an address); while none is, all are used: told at a number nobody has proven beats not
 * told. A number proven by SMS is also good for calls.
 */
export const usableContacts = (contacts: readonly Contact[]): Contact[] => {
  const open = contacts.filter(({ disabledAt }) => disabledAt === null);
  const proven = open.filter(
    ({ verified, channel }) => verified && !NEEDS_NO_CODE.includes(channel),
  );
  if (proven.length === 0) return open;
  const numbers = new Set(proven.map(({ address }) => address));
  return open.filter(
    ({ verified, channel, address }) =>
      verified || NEEDS_NO_CODE.includes(channel) || (channel === 'voice' && numbers.has(address)),
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
    if (disabledAt !== null || verified || NEEDS_NO_CODE.includes(channel)) return [];
    const isUsed = usable.some(({ id }) => id === contact.id);
    if (isUsed && channel === 'voice' && usable.some((other) => other.verified)) return [];
    const message = isUsed
      ? 'is not verified; it is used because no other is: send it a code (POST …/verification)'
      : 'is not verified and not used until it is: send it a code (POST …/verification)';
    return [{ path: `contacts[${index}]`, message }];
  });
};
