import type { Queryable } from '../shared/db.ts';
import { localDay } from '../shared/local-time.ts';
import { nextSequence } from './incident-store.ts';

/** `{regionCode}-{yyyymmdd}-{seq}`, local day; without gaps under the writer's lock. */
export const numberFor = async (
  tx: Queryable,
  regionCode: string,
  { now, timeZone }: { now: Date; timeZone: string },
): Promise<string> => {
  const day = localDay(now, timeZone);
  const sequence = await nextSequence(tx, regionCode, day);
  return `${regionCode}-${day.replaceAll('-', '')}-${String(sequence).padStart(3, '0')}`;
};
