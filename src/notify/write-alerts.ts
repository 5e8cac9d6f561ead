import type { ContactChannel, Person, RegionLookup } from '../people/index.ts';
import type { Queryable } from '../shared/db.ts';
import { toGcj02 } from '../shared/gcj02.ts';
import type { LonLat } from '../shared/geo.ts';
import { newId } from '../shared/ids.ts';
import type { PolicyChannel } from '../shared/policy.ts';
import { toSafeText } from '../shared/safe-json.ts';
import type { IncidentAlert } from './alert.ts';
import { MAX_SMS_LENGTH } from './fit-text.ts';
import type { NewNotification } from './notification.ts';
import { insertNotifications } from './notification-store.ts';
import {
  type PlannedNotification,
  planNotifications,
  type SetUpChannels,
} from './plan-notifications.ts';
import { renderAlert } from './render-alert.ts';
import { renderCall } from './render-call.ts';

/** What the texts are made with. */
export type Wording = {
  regions: Pick<RegionLookup, 'chain' | 'get' | 'placeNames'>;
  smsSignature: string;
  timeZone: string;
  setUp: SetUpChannels;
  /** Where a notification can be answered without a login; absent = nowhere. */
  replyUrl?: ReplyUrl;
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

export type ReplyUrl = (notificationId: string, now: Date) => string;

/** Carriers in China let no link through that is another for each message; and nobody can tap one on the telephone. */
const NO_LINKS: readonly ContactChannel[] = ['sms', 'voice'];

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
  const id = newId();
  return {
    id,
    incidentId: alert.incidentId,
    kind: 'alert',
    step,
    occurrence,
    round,
    personId: person.id,
    channel,
    address,
    locale: person.locale,
    dueAt: now,
    text: toSafeText(textFor(person, channel, { wording, telling, placeNames })),
    payload: {
      ...payloadOf(telling, placeNames),
      ...(wording.replyUrl === undefined || NO_LINKS.includes(channel)
        ? {}
        : { replyUrl: wording.replyUrl(id, now) }),
    },
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
  const facts = { ...telling.alert, placeNames };
  const said = { timeZone: wording.timeZone, ...newsOf(telling) };
  if (channel === 'voice') {
    return renderCall(facts, person.locale, { ...said, code: telling.code });
  }
  return renderAlert(facts, person.locale, {
    ...said,
    signature: wording.smsSignature,
    maxLength: isSms ? MAX_SMS_LENGTH[person.locale] : MAX_APP_LENGTH,
    ...(isSms ? { code: telling.code } : {}),
  });
};

/** What is new about an alert that is not the first. */
const newsOf = ({ round, step, occurrence }: Pick<Telling, 'round' | 'step' | 'occurrence'>) => ({
  upgrade: round > 0,
  unanswered: step + occurrence > 0 && round === 0,
});

/** Opens the place in AMap 高德, which takes GCJ-02: WGS-84 typed into it would be some 500 m off. */
const mapUrl = (at: LonLat): string => {
  const position = toGcj02(at)
    .map((degrees) => degrees.toFixed(6))
    .join();
  return `https://uri.amap.com/marker?position=${position}`;
};

/** What an app or a webhook gets beside the text; the notification's id and the text are added when it is sent. */
const payloadOf = (
  telling: Omit<Telling, 'people' | 'channels'>,
  placeNames: readonly string[],
): Record<string, unknown> => {
  const { alert, step, code, dueAt } = telling;
  return {
    type: 'alert',
    ...newsOf(telling),
    incidentId: alert.incidentId,
    number: alert.number,
    kind: alert.kind,
    level: alert.level,
    regionId: alert.regionId,
    placeNames,
    fix: alert.fix,
    mapUrl: mapUrl([alert.fix.lon, alert.fix.lat]),
    sourceName: alert.sourceName,
    ...(alert.sourceProblem === undefined ? {} : { sourceProblem: alert.sourceProblem }),
    observedAt: alert.observedAt.toISOString(),
    receivedAt: alert.receivedAt.toISOString(),
    step,
    code,
    dueAt: dueAt.toISOString(),
  };
};
