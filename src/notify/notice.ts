import type { ContactChannel, Locale } from '../people/index.ts';
import { newId } from '../shared/ids.ts';
import { toSafeText } from '../shared/safe-json.ts';
import type { NewNotification, NotificationKind } from './notification.ts';
import type { PlannedNotification } from './plan-notifications.ts';

/** A person on one channel. */
export type Addressee = {
  personId: string;
  channel: ContactChannel;
  address: string;
  locale: Locale;
};

export type Notice = {
  /** Null for what is about no incident. */
  incidentId: string | null;
  kind: Exclude<NotificationKind, 'alert'>;
  /** Of an answer to an SMS the number of that. */
  occurrence?: number;
  text: string;
  /** What an app or a webhook gets beside kind, incident and time. */
  payload?: Record<string, unknown>;
  now: Date;
};

/** The row of a message that is no alert: it is written once and due at once. */
export const noticeTo = (
  { personId, channel, address, locale }: Addressee,
  { incidentId, kind, occurrence = 0, text, payload = {}, now }: Notice,
): NewNotification => ({
  id: newId(),
  incidentId,
  kind,
  step: 0,
  occurrence,
  round: 0,
  personId,
  channel,
  address,
  locale,
  text: toSafeText(text),
  payload: {
    type: kind,
    ...(incidentId === null ? {} : { incidentId }),
    ...payload,
    dueAt: now.toISOString(),
  },
  dueAt: now,
});

export const addresseeOf = ({ person, channel, address }: PlannedNotification): Addressee => ({
  personId: person.id,
  channel,
  address,
  locale: person.locale,
});
