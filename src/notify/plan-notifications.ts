import type { Contact, ContactChannel, Person } from '../people/index.ts';
import type { Policy } from '../shared/county-config.ts';

export type PlannedNotification = {
  step: number;
  person: Person;
  channel: ContactChannel;
  address: string;
  dueAt: Date;
};

/** Verified before unverified, then in the person's own order. A disabled contact is never used. */
const bestContact = (person: Person, channel: ContactChannel): Contact | undefined => {
  const usable = person.contacts.filter((c) => c.channel === channel && c.disabledAt === null);
  return usable.find((contact) => contact.verified) ?? usable[0];
};

/** The step's channels the person has; else every other contact: told in an unwanted way beats not told. */
const contactsFor = (person: Person, channels: readonly ContactChannel[]): Contact[] => {
  const pick = (wanted: readonly ContactChannel[]): Contact[] =>
    [...new Set(wanted)].flatMap((channel) => bestContact(person, channel) ?? []);
  const wanted = pick(channels);
  return wanted.length > 0 ? wanted : pick(person.contacts.map((contact) => contact.channel));
};

/**
 * One notification per step, person and channel. Later steps are planned at once with a later `dueAt`; whoever
 * acknowledges the incident cancels them.
 */
export const planNotifications = (input: {
  steps: Policy['steps'];
  people: readonly Person[];
  openedAt: Date;
}): PlannedNotification[] =>
  input.steps.flatMap((step, index) =>
    input.people.flatMap((person) =>
      contactsFor(person, step.channels).map(({ channel, address }) => ({
        step: index,
        person,
        channel,
        address,
        dueAt: new Date(input.openedAt.getTime() + step.afterS * 1000),
      })),
    ),
  );
