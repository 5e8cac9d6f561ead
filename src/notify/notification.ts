import Type from 'typebox';
import type { ContactChannel, Locale } from '../people/index.ts';
import { DateTimeSchema } from '../shared/http.ts';

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
 * `report_due`: the time to report upwards runs out; `airspace`: a foreign aircraft is near. About no incident:
 * `verification`, a code that proves a contact; `consent`, the answer to STOP or START; `duty`, nobody is on duty, or
 * somebody who cannot be told; `device`, how equipment is.
 */
export const NOTIFICATION_KINDS = [
  'alert',
  'taken_over',
  'reply',
  'audit',
  'report_due',
  'airspace',
  'verification',
  'consent',
  'duty',
  'device',
] as const;
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

/**
 * What one person is to be told on one channel. Unique by (incident, kind, step, occurrence, person, channel, round); what is
 * about no incident is written together with the record that it was.
 */
export type NewNotification = {
  id: string;
  incidentId: string | null;
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

export const NotificationSchema = Type.Object({
  id: Type.String(),
  incidentId: Type.Optional(Type.String({ description: 'absent for what is about no incident' })),
  incidentNumber: Type.Optional(Type.String()),
  kind: Type.Enum([...NOTIFICATION_KINDS]),
  step: Type.Integer(),
  occurrence: Type.Integer({ description: '1 and on: repeats of the step' }),
  round: Type.Integer(),
  personId: Type.String(),
  personName: Type.String(),
  channel: Type.String(),
  address: Type.String({ description: 'masked for viewers' }),
  text: Type.String({ description: 'digits of a code that proves a contact are not shown' }),
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
