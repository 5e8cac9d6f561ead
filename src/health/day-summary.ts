import type { PoolClient } from 'pg';
import { addDays, instantAt, localDay } from '../shared/local-time.ts';
import { dayAvailability, spanOfDay } from './availability.ts';
import { deleteOldPresence, listPresence, listWatches } from './presence-store.ts';
import { claimDay, hasSummaries, type ListedDevice, listAllHealth } from './summary-store.ts';

export type DaySummary = {
  /** Local, `yyyy-mm-dd`. */
  day: string;
  devices: ListedDevice[];
  /** Of the day before, those that were not there all the time, the worst first. */
  yesterday: { name: string; regionId: string; availability: number }[];
};

/**
 * The summary of the local day, when its time has come and nobody has made it; null otherwise, and where there are no
 * devices. Once a day, also over restarts and clocks that jump; at the first start it is too late for what is past.
 */
export const dueSummary = async (
  tx: PoolClient,
  { summaryAt, timeZone, now }: { summaryAt: string; timeZone: string; now: Date },
): Promise<DaySummary | null> => {
  const day = localDay(now, timeZone);
  const isDue = now >= instantAt(day, summaryAt, timeZone);
  if (!(await hasSummaries(tx))) {
    await claimDay(tx, isDue ? day : addDays(day, -1), now);
    return null;
  }
  if (!isDue || !(await claimDay(tx, day, now))) return null;
  await deleteOldPresence(tx, now);
  const devices = await listAllHealth(tx);
  if (devices.length === 0) return null;
  return { day, devices, yesterday: await worstOf(tx, addDays(day, -1), { timeZone, now }) };
};

const worstOf = async (
  tx: PoolClient,
  day: string,
  { timeZone, now }: { timeZone: string; now: Date },
): Promise<DaySummary['yesterday']> => {
  const span = spanOfDay(day, timeZone);
  const [from, to] = [new Date(span.from), new Date(span.to)];
  const watches = await listWatches(tx, from, to);
  const all = await listPresence(tx, { from, to, now, regionIds: null, deviceId: null });
  return all
    .flatMap(({ name, regionId, ...history }) => {
      const { availability } = dayAvailability({ ...history, watches }, day, timeZone);
      return availability === null || availability === 1 ? [] : [{ name, regionId, availability }];
    })
    .toSorted((a, b) => a.availability - b.availability);
};
