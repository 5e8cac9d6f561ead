import type { Contact, ContactChannel, Person } from '../people/index.ts';
import type { ChannelConfig } from '../shared/channel-config.ts';
import type { PolicyChannel } from '../shared/policy.ts';

export type PlannedNotification = { person: Person; channel: ContactChannel; address: string };

/** Ways to tell people that this service can use as it is configured. */
export type SetUpChannels = ReadonlySet<ContactChannel>;

/** What needs no provider (the receiver is the contact's own address, or the service itself) is always there; so is SMS, which goes to the log until it is configured. */
const ALWAYS: readonly ContactChannel[] = ['sms', 'app', 'webhook', 'wecom', 'dingtalk', 'feishu'];

export const setUpChannels = (config: ChannelConfig): SetUpChannels =>
  new Set([...ALWAYS, ...pushChannels(config)]);

const pushChannels = ({ webPush, jpush }: ChannelConfig): ContactChannel[] => [
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

/** Verified before unverified, then in the person's own order. A disabled contact is never used. */
const bestContact = (person: Person, channel: ContactChannel): Contact | undefined => {
  const usable = person.contacts.filter((c) => c.channel === channel && c.disabledAt === null);
  return usable.find((contact) => contact.verified) ?? usable[0];
};

/**
 * The step's channels the person has and the service can use; else every other contact: told in an unwanted way beats not
 * told.
 */
const contactsFor = (
  person: Person,
  channels: readonly PolicyChannel[],
  setUp: SetUpChannels,
): Contact[] => {
  const pick = (wanted: readonly ContactChannel[]): Contact[] =>
    [...new Set(wanted)].flatMap((channel) => bestContact(person, channel) ?? []);
  const usable = (wanted: readonly ContactChannel[]): ContactChannel[] =>
    wanted.filter((channel) => setUp.has(channel));
  const wanted = pick(usable(channels.flatMap((channel) => MEANT[channel])));
  if (wanted.length > 0) return wanted;
  const own = person.contacts.map(({ channel }) => channel);
  const others = pick(usable(own));
  return others.length > 0 ? others : pick(own);
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
  const channels = [...new Set(person.contacts.map(({ channel }) => channel))].filter(
    (channel) => setUp.has(channel) && !used.has(channel),
  );
  const left = channels.flatMap((channel) => bestContact(person, channel) ?? []);
  return left.find(({ channel }) => works(channel)) ?? left[0];
};
