import type { PoolClient } from 'pg';
import type { DaySummary, DeviceNews } from '../health/index.ts';
import type { ContactChannel, Locale, Person, RegionLookup } from '../people/index.ts';
import type { HealthSettings } from '../shared/health-config.ts';
import { readRecipients } from './escalation/recipients.ts';
import { MAX_SMS_LENGTH } from './fit-text.ts';
import { addresseeOf, noticeTo } from './notice.ts';
import { insertNotifications } from './notification-store.ts';
import { planNotifications, type SetUpChannels } from './plan-notifications.ts';
import { renderDeviceNews, renderDeviceSummary } from './render-devices.ts';

export type DeviceWording = Pick<HealthSettings, 'to' | 'channels'> & {
  regions: Pick<RegionLookup, 'chain' | 'get'>;
  smsSignature: string;
  timeZone: string;
  setUp: SetUpChannels;
};

/** Tells those who look after devices what has come over theirs: each once, in one message. */
export const tellOfDevices = async (
  tx: PoolClient,
  wording: DeviceWording,
  { news, now }: { news: readonly DeviceNews[]; now: Date },
): Promise<void> => {
  await tellEach(tx, wording, now, (person, isTheirs) => {
    const own = news.filter(isTheirs);
    if (own.length === 0) return null;
    const devices = own.map(({ id, news: what, problems }) => ({ id, news: what, problems }));
    return {
      text: (maxLength) =>
        renderDeviceNews(own, person.locale, { signature: wording.smsSignature, maxLength }),
      payload: { about: 'health', devices },
    };
  });
};

/** Tells them how all of theirs are, once a day. */
export const tellOfDay = async (
  tx: PoolClient,
  wording: DeviceWording,
  { summary, now }: { summary: DaySummary; now: Date },
): Promise<void> => {
  const { day } = summary;
  await tellEach(tx, wording, now, (person, isTheirs) => {
    const devices = summary.devices.filter(isTheirs);
    if (devices.length === 0) return null;
    const own = { day, devices, yesterday: summary.yesterday.filter(isTheirs) };
    const { smsSignature: signature, timeZone } = wording;
    return {
      text: (maxLength) =>
        renderDeviceSummary(own, person.locale, { signature, timeZone, maxLength }),
      payload: { about: 'summary', day },
    };
  });
};

type Message = { text: (maxLength: number) => string; payload: Record<string, unknown> };

const tellEach = async (
  tx: PoolClient,
  { to, channels, regions, setUp }: DeviceWording,
  now: Date,
  messageFor: (person: Person, isTheirs: (of: { regionId: string }) => boolean) => Message | null,
): Promise<void> => {
  const { people } = await readRecipients(tx, { to, regions, regionId: 'default', now });
  const sees = ({ regionIds }: Person, regionId: string): boolean =>
    regionIds.length === 0 || regions.chain(regionId).some((id) => regionIds.includes(id));
  const rows = people.flatMap((person) => {
    // What is in nobody's regions is everybody's: better than nobody's.
    const message = messageFor(
      person,
      ({ regionId }) => sees(person, regionId) || !people.some((other) => sees(other, regionId)),
    );
    if (message === null) return [];
    return planNotifications([person], channels, setUp).map((planned) =>
      noticeTo(addresseeOf(planned), {
        incidentId: null,
        kind: 'device',
        text: message.text(roomOn(planned.channel, person.locale)),
        payload: message.payload,
        now,
      }),
    );
  });
  await insertNotifications(tx, rows, now);
};

/** A letter has room for a county's worth; a phone's notification for some. */
const roomOn = (channel: ContactChannel, locale: Locale): number =>
  channel === 'sms' ? MAX_SMS_LENGTH[locale] : channel === 'email' ? 8_000 : 500;
