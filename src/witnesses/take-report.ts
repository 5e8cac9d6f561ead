import { type DeviceRegistry, registerUnlessKnown } from '../devices/index.ts';
import { type ImageStore, linkImage } from '../images/index.ts';
import { findIncident } from '../incidents/index.ts';
import type { Ingest } from '../ingest/index.ts';
import { listPhoneContacts, normalizePhone, type RegionLookup } from '../people/index.ts';
import { AppError } from '../shared/app-error.ts';
import type { Clock } from '../shared/clock.ts';
import type { Pool } from '../shared/db.ts';
import { actorOf, type User } from '../shared/http.ts';
import { newId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { insertReport } from './report-store.ts';
import { type Place, resolvePlace } from './resolve-place.ts';
import type { ReportBody, WitnessSource } from './witness-report.ts';

export type TakeReportDeps = {
  pool: Pool;
  ingest: Pick<Ingest, 'handle'>;
  registry: Pick<DeviceRegistry, 'resolve'>;
  regions: RegionLookup;
  images: ImageStore;
  clock: Clock;
  logger: Logger;
};

export type TakenReport = {
  reportId: string;
  detectionId: string;
  incidentId: string;
  number: string;
  /** False: it joined an incident. */
  opened: boolean;
  /** It had been taken before. */
  duplicate: boolean;
  /** Why the photo was not kept. */
  photoProblem?: string;
};

/** Whose detections they are: all calls are one source, all rangers another, each counts once as evidence. */
const DEVICES: Readonly<Record<WitnessSource, { id: string; name: string; confidence: number }>> = {
  caller: { id: 'hotline', name: '报警电话 12119', confidence: 0.5 },
  ranger: { id: 'rangers', name: '护林员 Rangers', confidence: 0.9 },
};

const MAX_AHEAD_MS = 300_000;
const MAX_AGE_MS = 24 * 3_600_000;

/**
 * Takes what a caller or a ranger says: as a detection, by the way of every alarm, and as a report with the words, the
 * number and the photo. The alarm first: nothing that is wrong with the rest holds it up. Sent again with its `id` it
 * completes what was cut off, and alerts nobody twice. Throws `unprocessable`, which names the field.
 */
export const takeReport = async (
  deps: TakeReportDeps,
  body: ReportBody,
  user: User,
): Promise<TakenReport> => {
  const place = resolvePlace(body, deps.regions);
  if (place.kind === 'unknown') throw refused(place);
  const receivedAt = deps.clock.now();
  const observedAt = timeOf(body, receivedAt);
  const id = body.id ?? newId();
  const detection = await raiseAlarm(deps, { id, body, place, observedAt, user });
  const image = await keepPhoto(deps, body);
  const phone = phoneOf(body.phone);
  await insertReport(deps.pool, {
    id,
    detectionId: detection.detectionId,
    source: body.source,
    said: body.text ?? '',
    phone,
    personId: await personOf(deps, phone, { body, user }),
    regionId: place.regionId,
    imageId: image.imageId,
    observedAt,
    receivedAt,
    enteredBy: actorOf(user),
  });
  if (image.imageId !== null) {
    const { imageId } = image;
    await linkImage(deps.pool, { detectionId: detection.detectionId, imageId });
  }
  return {
    reportId: id,
    ...detection,
    ...(image.problem === null ? {} : { photoProblem: image.problem }),
  };
};

const refused = ({ path, message }: { path: string; message: string }): AppError =>
  new AppError('unprocessable', 'The report cannot be taken', { errors: [{ path, message }] });

const timeOf = ({ observedAt }: ReportBody, now: Date): Date => {
  if (observedAt === undefined) return now;
  const at = new Date(observedAt);
  const ageMs = now.getTime() - at.getTime();
  // A leap second is a time in the format, but none here.
  if (ageMs >= -MAX_AHEAD_MS && ageMs <= MAX_AGE_MS) return at;
  throw refused({
    path: 'observedAt',
    message: 'is not within the last 24 hours; leave it out for now',
  });
};

type Alarm = {
  id: string;
  body: ReportBody;
  place: Exclude<Place, { kind: 'unknown' }>;
  observedAt: Date;
  user: User;
};

const raiseAlarm = async (
  { ingest, registry, pool }: TakeReportDeps,
  { id, body, place, observedAt, user }: Alarm,
): Promise<Pick<TakenReport, 'detectionId' | 'incidentId' | 'number' | 'opened' | 'duplicate'>> => {
  const { source, kind = 'smoke', text, positionRadiusM } = body;
  const device = DEVICES[source];
  if ((await registry.resolve(device.id)) === undefined) {
    await registerUnlessKnown(pool, { id: device.id, kind: source, name: device.name });
  }
  const where =
    place.kind === 'position'
      ? { lon: place.position[0], lat: place.position[1], positionRadiusM }
      : { regionId: place.areaId };
  const at = observedAt.toISOString();
  const message = { id: `report:${id}`, at, kind, confidence: device.confidence, ...where, text };
  const outcome = await ingest.handle({
    topic: `fengsui/v1/${source}/${device.id}/detection`,
    payload: Buffer.from(JSON.stringify(message)),
    publisherId: `user:${user.username}`,
  });
  if (outcome.kind === 'rejected') throw refused({ path: 'body', message: outcome.reason });
  if (outcome.kind === 'taken') throw new Error('a report was not taken for a detection');
  const { detectionId, incidentId } = outcome;
  if (outcome.kind === 'recorded') {
    const { number, opened } = outcome;
    return { detectionId, incidentId, number, opened, duplicate: false };
  }
  const number = (await findIncident(pool, incidentId))?.number ?? '';
  return { detectionId, incidentId, number, opened: false, duplicate: true };
};

/** A photo that cannot be kept is told, no more: the alarm is out. */
const keepPhoto = async (
  { images, logger }: TakeReportDeps,
  { source, photo }: ReportBody,
): Promise<{ imageId: string | null; problem: string | null }> => {
  if (photo === undefined) return { imageId: null, problem: null };
  if (!Buffer.isBuffer(photo)) {
    return { imageId: null, problem: 'a photo comes as a file in multipart/form-data' };
  }
  try {
    const kept = await images.put(photo, { deviceId: DEVICES[source].id });
    return kept.kind === 'kept'
      ? { imageId: kept.imageId, problem: null }
      : { imageId: null, problem: kept.reason };
  } catch (error) {
    logger.error({ err: error }, 'the photo of a report could not be stored');
    return { imageId: null, problem: 'it could not be stored; send it again' };
  }
};

const phoneOf = (text: string | undefined): string | null => {
  if (text === undefined || text.trim() === '') return null;
  const number = normalizePhone(text, 'voice');
  return number.ok ? number.e164 : text.trim();
};

/** The person whose phone it is; without one, a ranger who has logged in. */
const personOf = async (
  { pool }: TakeReportDeps,
  phone: string | null,
  { body, user }: { body: ReportBody; user: User },
): Promise<string | null> => {
  if (phone === null) return body.source === 'ranger' ? user.personId : null;
  const contacts = await listPhoneContacts(pool, phone.slice(-8));
  return contacts.find(({ address }) => address === phone)?.personId ?? null;
};
