import type { ContactChannel, Person, RegionLookup } from '../people/index.ts';
import type { Queryable } from '../shared/db.ts';
import { toGcj02 } from '../shared/gcj02.ts';
import type { LonLat } from '../shared/geo.ts';
import type { PolicyChannel } from '../shared/policy.ts';
import { toSafeText } from '../shared/safe-json.ts';
import type { IncidentAlert } from './alert.ts';
import { draftNotification, type NewNotification } from './notification.ts';
import { insertNotifications } from './notification-store.ts';
import {
  type PlannedNotification,
  planNotifications,
  type SetUpChannels,
} from './plan-notifications.ts';
import { MAX_SMS_LENGTH, renderAlert } from './render.ts';

/** What the texts are made with. */
export type Wording = {
  regions: Pick<RegionLookup, 'chain' | 'get' | 'placeNames'>;
  smsSignature: string;
  timeZone: string;
  setUp: SetUpChannels;
};

export type Telling = {
  alert: IncidentAlert;
  people: readonly Person[];
  channels: readonly PolicyChannel[];
  step: number;
  /** 1 and on: repeats of the step. */
  occurrence: number;
  /** 0 for what opened; 1 for what was told as possible and is now strong. */
  round: number;
  /** The incident's short name in a reply. */
  code: string;
  dueAt: Date;
  now: Date;
};

export type WrittenNotification = {
  id: string;
  step: number;
  occurrence: number;
  personId: string;
  channel: string;
  dueAt: string;
};

/** Long enough for any place, short enough for a phone's notification. */
const MAX_APP_LENGTH = 500;

/** One person's row, over one channel. */
export const draftAlert = (
  wording: Wording,
  telling: Omit<Telling, 'people' | 'channels'>,
  { person, channel, address }: PlannedNotification,
): NewNotification => {
  const { alert, step, occurrence, round, now } = telling;
  const placeNames = wording.regions.placeNames(alert.regionId);
  return {
    ...draftNotification({ person, channel, address }, { incidentId: alert.incidentId, now }),
    kind: 'alert',
    step,
    occurrence,
    round,
    text: toSafeText(textFor(person, channel, { wording, telling, placeNames })),
    payload: payloadOf(telling, placeNames),
  };
};

/** Writes one row a person and channel, in the caller's transaction; returns those that are new. */
export const writeAlerts = async (
  tx: Queryable,
  wording: Wording,
  telling: Telling,
): Promise<WrittenNotification[]> => {
  const { step, occurrence, dueAt, now } = telling;
  const planned = planNotifications(telling.people, telling.channels, wording.setUp);
  const rows = planned.map((one) => draftAlert(wording, telling, one));
  if (rows.length === 0) return [];
  const written = await insertNotifications(tx, rows, now);
  return rows
    .filter((row) => written.has(row.id))
    .map(({ id, personId, channel }) => {
      return { id, step, occurrence, personId, channel, dueAt: dueAt.toISOString() };
    });
};

const textFor = (
  person: Person,
  channel: ContactChannel,
  made: {
    wording: Wording;
    telling: Omit<Telling, 'people' | 'channels'>;
    placeNames: readonly string[];
  },
): string => {
  const { wording, telling, placeNames } = made;
  const isSms = channel === 'sms';
  return renderAlert({ ...telling.alert, placeNames }, person.locale, {
    signature: wording.smsSignature,
    timeZone: wording.timeZone,
    maxLength: isSms ? MAX_SMS_LENGTH : MAX_APP_LENGTH,
    upgrade: telling.round > 0,
    unanswered: telling.step + telling.occurrence > 0 && telling.round === 0,
    ...(isSms ? { code: telling.code } : {}),
  });
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
  { alert, step, code, dueAt }: Omit<Telling, 'people' | 'channels'>,
  placeNames: readonly string[],
): Record<string, unknown> => ({
  type: 'alert',
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
  step,
  code,
  dueAt: dueAt.toISOString(),
});
