import Type from 'typebox';
import type { ContactChannel, Locale, Person } from '../people/index.ts';
import { DateTimeSchema } from '../shared/http.ts';
import { newId } from '../shared/ids.ts';

export const NOTIFICATION_STATUSES = [
  'queued',
  'sending',
  'submitted',
  'delivered',
  'read',
  'acknowledged',
  'failed',
  'cancelled',
] as const;
export type NotificationStatus = (typeof NOTIFICATION_STATUSES)[number];

/**
 * `taken_over`: somebody has the incident now; `reply`: the answer to an SMS; `audit`: the service itself failed;
 * `report_due`: the time to report upwards runs out.
 */
export const NOTIFICATION_KINDS = ['alert', 'taken_over', 'reply', 'audit', 'report_due'] as const;
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

/** What one person is to be told on one channel. Unique by (incident, kind, step, occurrence, person, channel, round). */
export type NewNotification = {
  id: string;
  incidentId: string;
  kind: NotificationKind;
  step: number;
  /** Which repeat of the step; of a reply the number of the message it answers. */
  occurrence: number;
  round: number;
  personId: string;
  channel: ContactChannel;
  address: string;
  locale: Locale;
  text: string;
  payload: Record<string, unknown>;
  dueAt: Date;
};

/** What every notification starts as: due now, the first of its step. Kind, text and payload are for the caller to add. */
export const draftNotification = (
  to: { person: Pick<Person, 'id' | 'locale'>; channel: ContactChannel; address: string },
  { incidentId, now }: { incidentId: string; now: Date },
): Omit<NewNotification, 'kind' | 'text' | 'payload'> => ({
  id: newId(),
  incidentId,
  step: 0,
  occurrence: 0,
  round: 0,
  personId: to.person.id,
  channel: to.channel,
  address: to.address,
  locale: to.person.locale,
  dueAt: now,
});

export const NotificationSchema = Type.Object({
  id: Type.String(),
  incidentId: Type.String(),
  incidentNumber: Type.String(),
  kind: Type.Enum([...NOTIFICATION_KINDS]),
  step: Type.Integer(),
  occurrence: Type.Integer({ description: '1 and on: repeats of the step' }),
  round: Type.Integer(),
  personId: Type.String(),
  personName: Type.String(),
  channel: Type.String(),
  address: Type.String({ description: 'masked for viewers' }),
  text: Type.String(),
  status: Type.Enum([...NOTIFICATION_STATUSES]),
  createdAt: DateTimeSchema,
  dueAt: DateTimeSchema,
  submittedAt: Type.Optional(DateTimeSchema),
  finishedAt: Type.Optional(DateTimeSchema),
  lastError: Type.Optional(Type.String()),
  nextAttemptAt: Type.Optional(DateTimeSchema),
  bundleId: Type.Optional(
    Type.String({ description: 'the same for all that went out in one message' }),
  ),
  fallbackFor: Type.Optional(
    Type.String({ description: 'the notification that did not get through over another channel' }),
  ),
  attempts: Type.Array(
    Type.Object({
      attempt: Type.Integer(),
      provider: Type.String(),
      startedAt: DateTimeSchema,
      finishedAt: Type.Optional(DateTimeSchema),
      outcome: Type.Optional(
        Type.Enum(['submitted', 'failed', 'unknown'], {
          description: 'none while it is under way; unknown: it may have been sent',
        }),
      ),
      permanent: Type.Optional(
        Type.Boolean({ description: 'of a failed one: this provider will never take it' }),
      ),
      providerMessageIds: Type.Array(Type.String()),
      error: Type.Optional(Type.String()),
    }),
  ),
  receipts: Type.Array(
    Type.Object({
      event: Type.Enum(['delivered', 'read', 'acknowledged', 'failed']),
      at: DateTimeSchema,
      receivedAt: DateTimeSchema,
      provider: Type.String(),
      providerMessageId: Type.Optional(Type.String()),
      detail: Type.Optional(Type.String()),
    }),
  ),
});
export type NotificationJson = Type.Static<typeof NotificationSchema>;
