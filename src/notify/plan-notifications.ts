import type { Contact, ContactChannel, Person } from '../people/index.ts';

export type PlannedNotification = { person: Person; channel: ContactChannel; address: string };

/** Channels this service can send by. A step that asks for another too (a voice call) does without it. */
const SET_UP: readonly ContactChannel[] = ['sms', 'app', 'webhook'];

/** Verified before unverified, then in the person's own order. A disabled contact is never used. */
const bestContact = (person: Person, channel: ContactChannel): Contact | undefined => {
  const usable = person.contacts.filter((c) => c.channel === channel && c.disabledAt === null);
  return usable.find((contact) => contact.verified) ?? usable[0];
};

/** The step's channels the person has; else every other contact: told in an unwanted way beats not told. */
const contactsFor = (person: Person, channels: readonly ContactChannel[]): Contact[] => {
  const pick = (wanted: readonly ContactChannel[]): Contact[] =>
    [...new Set(wanted)].flatMap((channel) => bestContact(person, channel) ?? []);
  const wanted = pick(channels.filter((channel) => SET_UP.includes(channel)));
  return wanted.length > 0 ? wanted : pick(person.contacts.map((contact) => contact.channel));
};

/** One notification a person and channel of the step. */
export const planNotifications = (
  people: readonly Person[],
  channels: readonly ContactChannel[],
): PlannedNotification[] =>
  people.flatMap((person) =>
    contactsFor(person, channels).map(({ channel, address }) => ({ person, channel, address })),
  );
