import type { Queryable } from '../shared/db.ts';
import { toJsonb, toSafeText } from '../shared/safe-json.ts';

/** Something a gateway reported that is no telemetry: a health message, a task's progress, a request. */
export type DeviceEvent = {
  id: string;
  deviceId: string;
  method: string;
  observedAt: Date;
  receivedAt: Date;
  data: unknown;
};

export type NewDeviceEvent = Omit<DeviceEvent, 'id'> & { tid: string | null };

/** The same message again (same tid and time) changes nothing. */
export const insertDeviceEvent = async (db: Queryable, event: NewDeviceEvent): Promise<void> => {
  await db.query(
    `insert into device_event (device_id, method, tid, observed_at, received_at, data)
     values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
    [
      event.deviceId,
      toSafeText(event.method),
      event.tid === null ? null : toSafeText(event.tid),
      event.observedAt,
      event.receivedAt,
      event.data === undefined ? null : toJsonb(event.data),
    ],
  );
};

/** Newest first. */
export const listDeviceEvents = async (
  db: Queryable,
  query: {
    deviceId: string;
    method?: string | undefined;
    beforeId?: string | undefined;
    limit: number;
  },
): Promise<DeviceEvent[]> => {
  const { rows } = await db.query<DeviceEvent>(
    `select id, device_id as "deviceId", method, observed_at as "observedAt", received_at as "receivedAt", data
       from device_event
      where device_id = $1 and ($2::text is null or method = $2) and ($3::bigint is null or id < $3)
      order by id desc limit $4`,
    [query.deviceId, query.method ?? null, query.beforeId ?? null, query.limit],
  );
  return rows;
};

export const deleteDeviceEventsBefore = async (db: Queryable, before: Date): Promise<number> => {
  const { rowCount } = await db.query(`delete from device_event where received_at < $1`, [before]);
  return rowCount ?? 0;
};
