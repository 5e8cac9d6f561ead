import type { ContactChannel } from '../people/index.ts';
import type { NotificationKind } from './notification.ts';

/**
 * Channels whose messages people read as they come: several alerts may share one. What a program reads (webhooks, the app's
 * inbox) gets each by itself, with its own id to answer by.
 */
const READ_BY_PEOPLE: ReadonlySet<ContactChannel> = new Set<ContactChannel>([
  'sms',
  'voice',
  'email',
  'web_push',
  'jpush',
  'wecom',
  'dingtalk',
  'feishu',
]);

/** Only alerts go together, and only with alerts: an answer or a warning is about one thing. */
export const mayShare = (kind: NotificationKind, channel: ContactChannel): boolean =>
  kind === 'alert' && READ_BY_PEOPLE.has(channel);

/** What has gone to the person over the same channel lately, this notification not counted. */
export type Traffic = {
  /** When an alert was last begun to be sent; null for none in the last minute. */
  alertBeganAt: Date | null;
  /** One is being sent. */
  underWay: boolean;
  /** Messages of the last minute, and when the first of them was. */
  messages: number;
  oldestAt: Date | null;
};

export type Sendable = {
  kind: NotificationKind;
  channel: ContactChannel;
  createdAt: Date;
  attempts: number;
  /** The person has heard of the incident over this channel before. */
  told: boolean;
};

export type SendingRule = {
  /** Alerts that come within so many milliseconds of one to the same address go together. */
  windowMs: number;
  perMinute: number;
};

export type Timing =
  | { kind: 'now' }
  | { kind: 'hold'; ms: number }
  | { kind: 'later'; until: Date };

const MINUTE_MS = 60_000;

/** What nobody waits for: an answer belongs to a conversation, an alarm of the service itself to nothing. */
const NEVER_LATER: ReadonlySet<NotificationKind> = new Set<NotificationKind>(['reply', 'audit']);

/**
 * When a notification goes out. The first alert to an address goes at once; one that follows within the window is held for
 * the window's length at most, counted from when it was written, so that others may join it. What is not the first word of a
 * fire waits while the person has had many messages, a minute at most. What was tried before is never held.
 */
export const planSending = (
  { kind, channel, createdAt, attempts, told }: Sendable,
  traffic: Traffic,
  { windowMs, perMinute, now }: SendingRule & { now: Date },
): Timing => {
  if (attempts > 0) return { kind: 'now' };
  const isFirstWord = kind === 'alert' && !told;
  if (!isFirstWord && !NEVER_LATER.has(kind) && channel !== 'webhook') {
    const until = freeAt(traffic, { perMinute, createdAt });
    if (until !== undefined && until > now) return { kind: 'later', until };
  }
  if (!mayShare(kind, channel)) return { kind: 'now' };
  const cameAfterMs =
    createdAt.getTime() - (traffic.alertBeganAt?.getTime() ?? Number.NEGATIVE_INFINITY);
  if (!traffic.underWay && cameAfterMs >= windowMs) return { kind: 'now' };
  // Where the clock was put back, it was written in our future.
  const ms = Math.min(windowMs, createdAt.getTime() + windowMs - now.getTime());
  return ms > 0 ? { kind: 'hold', ms } : { kind: 'now' };
};

const freeAt = (
  { messages, oldestAt }: Traffic,
  { perMinute, createdAt }: { perMinute: number; createdAt: Date },
): Date | undefined => {
  if (messages < perMinute || oldestAt === null) return undefined;
  const latest = createdAt.getTime() + MINUTE_MS;
  return new Date(Math.min(oldestAt.getTime() + MINUTE_MS, latest));
};
