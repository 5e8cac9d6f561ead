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

const needsCode = ({ channel }: Contact): boolean => !NEEDS_NO_CODE.includes(channel);
const isProven = (contact: Contact): boolean => contact.verified && needsCode(contact);

/**
 * Which of the contacts that are not disabled are used. One that is not verified is left out as soon as another is that
 * could be somebody else's (a phone, an address); while none is, all are used: told at a number nobody has proven beats not
 * told. A number proven by SMS is also good for calls.
 */
export const usableContacts = (contacts: readonly Contact[]): Contact[] => {
  const open = contacts.filter(({ disabledAt }) => disabledAt === null);
  const numbers = new Set(open.filter(isProven).map(({ address }) => address));
  if (numbers.size === 0) return open;
  return open.filter(
    (contact) =>
      contact.verified ||
      !needsCode(contact) ||
      (contact.channel === 'voice' && numbers.has(contact.address)),
  );
};

/** One way a person is told. */
export type ToldBy = {
  channel: ContactChannel;
  /** False: at an address that nobody has proven, used because none is. */
  proven: boolean;
};

/** How a person is told by a service that can use the channels `setUp`, each channel once; empty: not at all. */
export const toldBy = (
  contacts: readonly Contact[],
  setUp: ReadonlySet<ContactChannel>,
): ToldBy[] => {
  const usable = usableContacts(contacts.filter(({ channel }) => setUp.has(channel)));
  const isAnyProven = usable.some(isProven);
  const byChannel = new Map(usable.map((contact) => [contact.channel, contact]));
  return [...byChannel].map(([channel, contact]) => ({
    channel,
    proven: isAnyProven || !needsCode(contact),
  }));
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
  const isAnyProven = usable.some(isProven);
  return contacts.flatMap((contact, index) => {
    if (contact.disabledAt !== null || contact.verified || !needsCode(contact)) return [];
    const isUsed = usable.some(({ id }) => id === contact.id);
    // The number was proven by another channel.
    if (isUsed && isAnyProven) return [];
    const message = isUsed
      ? 'is not verified; it is used because no other is: send it a code (POST …/verification)'
      : 'is not verified and not used until it is: send it a code (POST …/verification)';
    return [{ path: `contacts[${index}]`, message }];
  });
};
