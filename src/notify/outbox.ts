import { type DutyLevel, type RegionLookup, readDuty } from '../people/index.ts';
import type { Policy } from '../shared/county-config.ts';
import type { Queryable } from '../shared/db.ts';
import { toGcj02 } from '../shared/gcj02.ts';
import type { LonLat } from '../shared/geo.ts';
import { newId } from '../shared/ids.ts';
import { toSafeText } from '../shared/safe-json.ts';
import type { IncidentAlert } from './alert.ts';
import type { NewNotification } from './notification.ts';
import { insertNotifications } from './notification-store.ts';
import { type PlannedNotification, planNotifications } from './plan-notifications.ts';
import { policyFor } from './policy.ts';
import { MAX_SMS_LENGTH, renderAlert } from './render.ts';

export type OutboxInput = {
  alert: IncidentAlert;
  regions: RegionLookup;
  policies: readonly Policy[];
  smsSignature: string;
  timeZone: string;
  /** When the incident opened; also decides who is on duty. */
  now: Date;
  /** 0 for the first telling; 1 for what was told as possible and is now strong. */
  round: number;
};

export type WrittenNotifications = {
  policyId: string | null;
  /** Where those told were found; `nobody` must be shouted about. */
  dutyLevel: DutyLevel | 'nobody';
  /** The rows that are new. */
  notifications: { id: string; step: number; personId: string; channel: string; dueAt: string }[];
  /** Persons who should have been told and have no contact that may be used. */
  unreachable: string[];
};

/** Long enough for any place, short enough for a phone's notification. */
const MAX_APP_LENGTH = 500;

/**
 * Decides who is told and writes one row for each step, person and channel, in the incident's transaction. Called again
 * for the same incident (its region changed) it adds those not told yet and leaves the others alone.
 */
export const writeIncidentNotifications = async (
  tx: Queryable,
  input: OutboxInput,
): Promise<WrittenNotifications> => {
  const { alert, regions, policies, now } = input;
  const chain = regions.chain(alert.regionId);
  const duty = await readDuty(tx, chain, now);
  const policy = policyFor(policies, chain);
  const planned =
    duty.kind === 'nobody' || policy === undefined
      ? []
      : planNotifications({ steps: policy.steps, people: duty.people, openedAt: now });
  const rows = planned.map((plan) => toNotification(plan, input));
  const written = rows.length === 0 ? new Set() : await insertNotifications(tx, rows, now);
  return {
    policyId: policy?.id ?? null,
    dutyLevel: duty.kind,
    notifications: rows
      .filter((row) => written.has(row.id))
      .map(({ id, step, personId, channel, dueAt }) => {
        return { id, step, personId, channel, dueAt: dueAt.toISOString() };
      }),
    unreachable: duty.unreachable.map((person) => person.id),
  };
};

const toNotification = (
  { step, person, channel, address, dueAt }: PlannedNotification,
  { alert, regions, smsSignature, timeZone, round }: OutboxInput,
): NewNotification => {
  const placeNames = regions.placeNames(alert.regionId);
  const text = renderAlert({ ...alert, placeNames }, person.locale, {
    signature: smsSignature,
    timeZone,
    maxLength: channel === 'sms' ? MAX_SMS_LENGTH : MAX_APP_LENGTH,
    upgrade: round > 0,
  });
  return {
    id: newId(),
    incidentId: alert.incidentId,
    step,
    round,
    personId: person.id,
    channel,
    address,
    locale: person.locale,
    text: toSafeText(text),
    payload: payloadOf(alert, placeNames, dueAt),
    dueAt,
  };
};

/** Opens the place in AMap 高德, which takes GCJ-02: WGS-84 typed into it would be some 500 m off. */
const mapUrl = (at: LonLat): string => {
  const position = toGcj02(at)
    .map((degrees) => degrees.toFixed(6))
    .join();
  return `https://uri.amap.com/marker?position=${position}`;
};

/** What an app or a webhook gets beside the text; the notification's id and the text are added when it is sent. */
const payloadOf = (
  alert: IncidentAlert,
  placeNames: readonly string[],
  dueAt: Date,
): Record<string, unknown> => ({
  incidentId: alert.incidentId,
  number: alert.number,
  kind: alert.kind,
  level: alert.level,
  regionId: alert.regionId,
  placeNames,
  fix: alert.fix,
  mapUrl: mapUrl([alert.fix.lon, alert.fix.lat]),
  sourceName: alert.sourceName,
  observedAt: alert.observedAt.toISOString(),
  receivedAt: alert.receivedAt.toISOString(),
  dueAt: dueAt.toISOString(),
});
