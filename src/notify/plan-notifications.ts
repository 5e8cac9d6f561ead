import { type Contact, type ContactChannel, type Person, usableContacts } from '../people/index.ts';
import type { ChannelConfig } from '../shared/channel-config.ts';
import type { PolicyChannel } from '../shared/policy.ts';

export type PlannedNotification = { person: Person; channel: ContactChannel; address: string };

/** Ways to tell people that this service can use as it is configured. */
export type SetUpChannels = ReadonlySet<ContactChannel>;

/** What needs no provider (the receiver is the contact's own address, or the service itself) is always there; so is SMS, which goes to the log until it is configured. */
const ALWAYS: readonly ContactChannel[] = ['sms', 'app', 'webhook', 'wecom', 'dingtalk', 'feishu'];

export const setUpChannels = (config: ChannelConfig): SetUpChannels =>
  new Set([...ALWAYS, ...configuredChannels(config)]);

const configuredChannels = ({ voice, email, webPush, jpush }: ChannelConfig): ContactChannel[] => [
  ...(voice === undefined ? [] : (['voice'] as const)),
  ...(email === undefined ? [] : (['email'] as const)),
  ...(webPush === undefined ? [] : (['web_push'] as const)),
  ...(jpush === undefined ? [] : (['jpush'] as const)),
];

/** What a step's word for a channel stands for. */
const MEANT: Record<PolicyChannel, readonly ContactChannel[]> = {
  sms: ['sms'],
  app: ['app', 'web_push', 'jpush'],
  voice: ['voice'],
  email: ['email'],
  webhook: ['webhook'],
  group: ['wecom', 'dingtalk', 'feishu'],
};

/** Verified before unverified, then in the person's own order. */
const bestOf = (usable: readonly Contact[], channel: ContactChannel): Contact | undefined => {
  const fitting = usable.filter((contact) => contact.channel === channel);
  return fitting.find((contact) => contact.verified) ?? fitting[0];
};

/**
 * The step's channels the person has and the service can use; else every other contact: told in an unwanted way beats not
 * told. A disabled contact is never used, an unverified one only where no verified one can be.
 */
const contactsFor = (
  person: Person,
  channels: readonly PolicyChannel[],
  setUp: SetUpChannels,
): Contact[] => {
  const sendable = usableContacts(person.contacts.filter(({ channel }) => setUp.has(channel)));
  const usable = sendable.length > 0 ? sendable : usableContacts(person.contacts);
  const pick = (wanted: readonly ContactChannel[]): Contact[] =>
    [...new Set(wanted)].flatMap((channel) => bestOf(usable, channel) ?? []);
  const wanted = pick(channels.flatMap((channel) => MEANT[channel]));
  return wanted.length > 0 ? wanted : pick(usable.map(({ channel }) => channel));
};

/** One notification a person and channel of the step. */
export const planNotifications = (
  people: readonly Person[],
  channels: readonly PolicyChannel[],
  setUp: SetUpChannels,
): PlannedNotification[] =>
  people.flatMap((person) =>
    contactsFor(person, channels, setUp).map(({ channel, address }) => ({
      person,
      channel,
      address,
    })),
  );

/**
 * Where a person is told next when the channels used so far have failed: in the person's own order, those that can send
 * before those that cannot just now. Undefined when there is nothing left.
 */
export const nextContact = (
  person: Person,
  used: ReadonlySet<string>,
  { setUp, works }: { setUp: SetUpChannels; works: (channel: ContactChannel) => boolean },
): Contact | undefined => {
  const usable = usableContacts(person.contacts.filter(({ channel }) => setUp.has(channel)));
  const channels = [...new Set(usable.map(({ channel }) => channel))];
  const left = channels.flatMap((channel) =>
    used.has(channel) ? [] : (bestOf(usable, channel) ?? []),
  );
  return left.find(({ channel }) => works(channel)) ?? left[0];
};
