import type { PoolClient } from 'pg';
import { type DeviceKind, type DeviceProblem, problemText } from '../devices/index.ts';
import type { Clock } from '../shared/clock.ts';
import { type Pool, withTransaction } from '../shared/db.ts';
import type { HealthSettings } from '../shared/health-config.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';
import { createRepeating } from '../shared/repeating.ts';
import { type DaySummary, dueSummary } from './day-summary.ts';
import { announceHealth, listWatched, lockLook, saveHealth } from './health-store.ts';
import { endedAbsence, hasChanged, isNews, type Looked, lookAt } from './look.ts';
import { noteWatch, saveAbsences } from './presence-store.ts';
import { isTellingDue, type News, newsOf, toldAfter } from './step.ts';
import { listUntold, saveTold, type Untold } from './untold-store.ts';

/** What a satellite, a caller or a ranger is there for is not to be there all the time. */
const WATCHED: readonly DeviceKind[] = ['camera', 'drone', 'dock', 'gateway'];

/** Time between looks, by the service's clock: one put forward brings the next one forward. */
const EVERY_MS = 10_000;
const TICK_MS = 500;

export type DeviceNews = Pick<Untold, 'id' | 'name' | 'regionId' | 'gatewayId' | 'since'> & {
  news: 'unhealthy' | 'recovered';
  /** What is news of an unhealthy one. */
  problems: DeviceProblem[];
};

export type HealthSweepDeps = {
  pool: Pool;
  settings: HealthSettings;
  timeZone: string;
  clock: Clock;
  logger: Logger;
  /** Tells people, in the transaction that notes they were told. */
  onNews: (tx: PoolClient, news: readonly DeviceNews[], now: Date) => Promise<void>;
  onSummary: (tx: PoolClient, summary: DaySummary, now: Date) => Promise<void>;
};

export type HealthSweep = Part & {
  /** Looks at every device once and tells what is due; false when another process was at it. */
  sweep(): Promise<boolean>;
};

/** Looks at all devices every ten seconds. Harmless in several processes: one looks at a time, and tells once. */
export const createHealthSweep = (deps: HealthSweepDeps): HealthSweep => {
  const { clock, logger } = deps;
  let lookedAtMs: number | undefined;
  const sweep = async (): Promise<boolean> => {
    const looked = await look(deps);
    if (looked === null) return false;
    for (const one of looked) log(one, logger);
    await tellNews(deps);
    await tellDay(deps);
    return true;
  };
  const repeating = createRepeating('device-health', async () => {
    const now = clock.now().getTime();
    const passedMs = lookedAtMs === undefined ? EVERY_MS : now - lookedAtMs;
    if (passedMs >= 0 && passedMs < EVERY_MS) return TICK_MS;
    lookedAtMs = now;
    await sweep().catch((error: unknown) =>
      logger.error({ err: error }, 'devices could not be looked at, trying again'),
    );
    return TICK_MS;
  });
  return { ...repeating, sweep };
};

const look = async ({ pool, settings, clock }: HealthSweepDeps): Promise<Looked[] | null> =>
  withTransaction(pool, async (tx) => {
    if (!(await lockLook(tx))) return null;
    const now = clock.now();
    const watchedSince = await noteWatch(tx, now);
    const looked = lookAt(await listWatched(tx, WATCHED), { watchedSince, now }, settings);
    const changed = looked.filter(hasChanged);
    await saveHealth(
      tx,
      changed.map(({ device, after }) => ({ id: device.reading.id, health: after })),
    );
    await saveAbsences(
      tx,
      changed.flatMap((one) => endedAbsence(one) ?? []),
    );
    if (changed.some(isNews)) await announceHealth(tx);
    return changed;
  });

const log = ({ device, before, after }: Looked, logger: Logger): void => {
  if (before === undefined || before.status === after.status) return;
  const { id: deviceId } = device.reading;
  const problems = after.problems.map((problem) => problemText(problem).en);
  const line = { deviceId, was: before.status, status: after.status, problems };
  if (after.status === 'unhealthy') logger.warn(line, 'device is not well');
  else logger.debug(line, 'device health changed');
};

/** What is told together goes out when the first of it has waited long enough. */
const tellNews = async ({ pool, settings, clock, onNews }: HealthSweepDeps): Promise<void> =>
  withTransaction(pool, async (tx) => {
    if (!(await lockLook(tx))) return;
    const now = clock.now();
    const untold = await listUntold(tx);
    if (!isTellingDue(untold, settings, now)) return;
    const told = untold.flatMap((device) => {
      const news = newsOf(device, settings);
      return news === null ? [] : [{ device, news }];
    });
    await onNews(tx, told.map(asNews), now);
    await saveTold(
      tx,
      told.map(({ device, news }) => ({ id: device.id, told: toldAfter(device.told, news) })),
    );
  });

const asNews = ({ device, news }: { device: Untold; news: News }): DeviceNews => {
  const { id, name, regionId, gatewayId, since, problems } = device;
  const isNew = ({ code }: DeviceProblem): boolean =>
    news.kind === 'unhealthy' && news.codes.includes(code);
  return {
    id,
    name,
    regionId,
    gatewayId,
    since,
    news: news.kind,
    problems: problems.filter(isNew),
  };
};

const tellDay = async (deps: HealthSweepDeps): Promise<void> => {
  const { settings, timeZone, clock } = deps;
  const { summaryAt } = settings;
  if (summaryAt === null) return;
  await withTransaction(deps.pool, async (tx) => {
    const now = clock.now();
    const summary = await dueSummary(tx, { summaryAt, timeZone, now });
    if (summary !== null) await deps.onSummary(tx, summary, now);
  });
};
