import { setTimeout as sleep } from 'node:timers/promises';
import Type, { type Static } from 'typebox';
import { AppError, errorMessage } from '../shared/app-error.ts';
import type { Logger } from '../shared/logger.ts';
import { compileSchema } from '../shared/schema.ts';
import { type ApiClient, type Check, checkerOf } from './api-client.ts';
import { readServerSentEvents } from './server-sent-events.ts';
import {
  changeText,
  incidentText,
  messagesText,
  type NearbyItem,
  nearbyText,
  type StoryContext,
  type StoryMessage,
  upgradeText,
} from './story-text.ts';

const IncidentSchema = Type.Object({
  id: Type.String(),
  number: Type.String(),
  status: Type.String(),
  confidence: Type.Number(),
  alertLevel: Type.String(),
  fix: Type.Object({
    lon: Type.Number(),
    lat: Type.Number(),
    method: Type.String(),
    ellipse: Type.Object({ semiMajorM: Type.Number(), semiMinorM: Type.Number() }),
    flags: Type.Optional(Type.Array(Type.String())),
    rangeMinM: Type.Optional(Type.Number()),
  }),
  detectionCount: Type.Integer(),
  sources: Type.Array(Type.String()),
});
type Incident = Static<typeof IncidentSchema>;

const checkEvent = compileSchema(Type.Object({ incident: IncidentSchema }));
const checkNearby: Check<{ items: NearbyItem[] }> = checkerOf(
  Type.Object({
    items: Type.Array(
      Type.Object({
        kind: Type.String(),
        name: Type.String(),
        distanceM: Type.Number(),
        azimuthDeg: Type.Number(),
      }),
    ),
  }),
);
const checkMessages: Check<{ items: StoryMessage[] }> = checkerOf(
  Type.Object({
    items: Type.Array(
      Type.Object({ channel: Type.String(), address: Type.String(), text: Type.String() }),
    ),
  }),
);

export type TellOptions = {
  api: ApiClient;
  context: StoryContext;
  /** A line or more; the newline is added. */
  say: (text: string) => void;
  logger: Logger;
  signal: AbortSignal;
};

const RECONNECT_MS = 1_000;
/** Below this a crew can find the fire; until then what is "near" would be near the wrong place. */
const GOOD_FIX_M = 1_000;
/** But nobody waits longer than this for it. */
const NEARBY_AFTER_MS = 12_000;
const NEARBY_PER_KIND = 2;
/** The messages are written with the incident; the tries are for a service that is busy. */
const MESSAGE_TRIES = 10;
/** Change lines closer together than this are not read. */
const CHANGE_EVERY_MS = 5_000;
/** A fix that moved its edge less than this share has not changed for the reader. */
const NOTABLE_SHARE = 0.2;

type Told = {
  latest: Incident;
  told: Incident;
  toldAtMs: number;
  nearbyTold: boolean;
  /** Texts of SMS that were shown. */
  textsTold: Set<string>;
  openedAtMs: number;
};

/** Follows the live stream until `signal` and says what happens to each incident. Never rejects. */
export const tellIncidents = async (options: TellOptions): Promise<void> => {
  const { api, logger, signal } = options;
  const incidents = new Map<string, Told>();
  const ticking = setInterval(() => tellPending(options, incidents), 500);
  let lastEventId: string | undefined;
  while (!signal.aborted) {
    try {
      const { body } = await api.openStream('stream', lastEventId);
      if (body === null) throw new AppError('unavailable', 'the stream has no body');
      for await (const { id, data } of readServerSentEvents(body)) {
        lastEventId = id ?? lastEventId;
        if (data !== '') takeEvent(options, incidents, data);
      }
    } catch (error) {
      if (!signal.aborted) logger.debug({ reason: errorMessage(error) }, 'demo: stream lost');
    }
    await sleep(RECONNECT_MS, undefined, { signal }).catch(() => undefined);
  }
  clearInterval(ticking);
};

const takeEvent = (options: TellOptions, incidents: Map<string, Told>, data: string): void => {
  const event = checkEvent(JSON.parse(data));
  if (!event.ok) {
    options.logger.warn({ errors: event.errors }, 'demo: event not understood');
    return;
  }
  const { incident } = event.value;
  const known = incidents.get(incident.id);
  if (known !== undefined) {
    const upgraded = known.latest.alertLevel === 'review' && incident.alertLevel === 'strong';
    known.latest = incident;
    if (upgraded) {
      options.say(upgradeText(incident, options.context.locale));
      tellLater(options, tellMessages(options, known));
    }
    return;
  }
  const now = Date.now();
  const entry: Told = {
    latest: incident,
    told: incident,
    toldAtMs: now,
    nearbyTold: false,
    textsTold: new Set(),
    openedAtMs: now,
  };
  incidents.set(incident.id, entry);
  options.say(incidentText(incident, options.context));
  if (incident.alertLevel !== 'none') tellLater(options, tellMessages(options, entry));
};

/** What has waited long enough, or become good enough, to be told. */
const tellPending = (options: TellOptions, incidents: ReadonlyMap<string, Told>): void => {
  const now = Date.now();
  for (const entry of incidents.values()) {
    const { latest, told } = entry;
    const goodFix = latest.fix.ellipse.semiMajorM <= GOOD_FIX_M;
    if (!entry.nearbyTold && (goodFix || now - entry.openedAtMs >= NEARBY_AFTER_MS)) {
      entry.nearbyTold = true;
      tellLater(options, tellNearby(options, latest));
    }
    if (now - entry.toldAtMs >= CHANGE_EVERY_MS && isNotable(told, latest)) {
      entry.told = latest;
      entry.toldAtMs = now;
      options.say(changeText(latest, options.context));
    }
  }
};

export const isNotable = (before: Incident, after: Incident): boolean => {
  const was = before.fix.ellipse.semiMajorM;
  const edgeMoved = Math.abs(after.fix.ellipse.semiMajorM - was) > NOTABLE_SHARE * was;
  return (
    edgeMoved ||
    before.status !== after.status ||
    before.fix.method !== after.fix.method ||
    before.sources.length !== after.sources.length
  );
};

const tellLater = ({ logger, signal }: TellOptions, telling: Promise<void>): void => {
  telling.catch((error: unknown) => {
    if (!signal.aborted) logger.warn({ reason: errorMessage(error) }, 'demo: cannot tell');
  });
};

const tellNearby = async (
  { api, context, say }: TellOptions,
  incident: Incident,
): Promise<void> => {
  const path = `incidents/${incident.id}/nearby?limit=${NEARBY_PER_KIND}`;
  const { items } = await api.get(path, checkNearby);
  say(nearbyText(incident.number, items, context.locale));
};

/** The SMS that were not shown yet: of a new incident, or of one that has become strong. */
const tellMessages = async (
  { api, context, say, signal }: TellOptions,
  { latest: { id, number }, textsTold }: Told,
): Promise<void> => {
  for (let tries = 0; tries < MESSAGE_TRIES; tries++) {
    const { items } = await api.get(`notifications?incident=${id}`, checkMessages);
    const fresh = items.filter(({ channel, text }) => channel === 'sms' && !textsTold.has(text));
    if (fresh.length > 0) {
      for (const { text } of fresh) textsTold.add(text);
      say(messagesText(number, fresh, context.locale));
      return;
    }
    await sleep(RECONNECT_MS, undefined, { signal });
  }
};
