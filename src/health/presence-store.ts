import type { Queryable } from '../shared/db.ts';
import { toJsonb } from '../shared/safe-json.ts';
import type { Span } from './availability.ts';
import type { Presence } from './judge.ts';

/** A longer pause than this between looks is a time in which nobody looked. */
const BREAK_S = 60;
/** A year and a month, for reports about the year. */
const KEEP_DAYS = 400;

/** Notes that devices are looked at now; returns since when they have been without a break. */
export const noteWatch = async (tx: Queryable, now: Date): Promise<Date> => {
  const { rows } = await tx.query<{ starts_at: Date }>(
    `update health_watch set ends_at = $1
     where starts_at = (select max(starts_at) from health_watch)
       and ends_at between $1::timestamptz - $2 * interval '1 second' and $1
     returning starts_at`,
    [now, BREAK_S],
  );
  if (rows[0] !== undefined) return rows[0].starts_at;
  // A clock that was set back begins anew; what it has seen before stays.
  await tx.query(
    'insert into health_watch (starts_at, ends_at) values ($1, $1) on conflict do nothing',
    [now],
  );
  return now;
};

export type Absence = {
  deviceId: string;
  presence: Exclude<Presence, 'up'>;
  startsAt: Date;
  endsAt: Date;
};

/** Keeps stretches that have ended. */
export const saveAbsences = async (tx: Queryable, ended: readonly Absence[]): Promise<void> => {
  const rows = ended.filter(({ startsAt, endsAt }) => endsAt > startsAt);
  if (rows.length === 0) return;
  await tx.query(
    `insert into device_absence (device_id, presence, starts_at, ends_at)
     select r."deviceId", r.presence, r."startsAt", r."endsAt"
     from jsonb_to_recordset($1::jsonb) as r ("deviceId" text, presence text, "startsAt" timestamptz, "endsAt" timestamptz)
     on conflict do nothing`,
    [toJsonb(rows)],
  );
};

export const deleteOldPresence = async (tx: Queryable, now: Date): Promise<void> => {
  const before = new Date(now.getTime() - KEEP_DAYS * 86_400_000);
  await tx.query('delete from device_absence where ends_at < $1', [before]);
  await tx.query('delete from health_watch where ends_at < $1', [before]);
};

/** What the availability of a device is computed from. */
export type DevicePresence = {
  deviceId: string;
  name: string;
  kind: string;
  regionId: string;
  registeredAt: Date;
  absences: (Span & { presence: Absence['presence'] })[];
};

/** Of devices that were looked at: `regionIds` null = of all regions, `deviceId` null = all. */
export const listPresence = async (
  db: Queryable,
  query: {
    from: Date;
    to: Date;
    now: Date;
    regionIds: readonly string[] | null;
    deviceId: string | null;
  },
): Promise<DevicePresence[]> => {
  const { from, to, now, regionIds, deviceId } = query;
  const { rows } = await db.query<{
    id: string;
    name: string;
    kind: string;
    region_id: string;
    created_at: Date;
    absences: { presence: Absence['presence']; from: string; to: string }[] | null;
  }>(
    `select d.id, d.name, d.kind, d.region_id, d.created_at, a.absences
     from device d join device_health h on h.device_id = d.id
       left join lateral (
         select jsonb_agg(jsonb_build_object('presence', x.presence, 'from', x.starts_at, 'to', x.ends_at)) as absences
         from (
           select presence, starts_at, ends_at from device_absence
           where device_id = d.id and ends_at > $1 and starts_at < $2
           union all
           select h.presence, h.presence_since, $3::timestamptz where h.presence <> 'up' and h.presence_since < $3
         ) x
       ) a on true
     where ($4::text[] is null or d.region_id = any($4)) and ($5::text is null or d.id = $5)
     order by d.id`,
    [from, to, now, regionIds, deviceId],
  );
  return rows.map((row) => ({
    deviceId: row.id,
    name: row.name,
    kind: row.kind,
    regionId: row.region_id,
    registeredAt: row.created_at,
    absences: (row.absences ?? []).map((span) => ({
      presence: span.presence,
      from: Date.parse(span.from),
      to: Date.parse(span.to),
    })),
  }));
};

/** When devices were looked at, oldest first. */
export const listWatches = async (db: Queryable, from: Date, to: Date): Promise<Span[]> => {
  const { rows } = await db.query<{ starts_at: Date; ends_at: Date }>(
    `select starts_at, ends_at from health_watch where ends_at > $1 and starts_at < $2 order by starts_at`,
    [from, to],
  );
  return rows.map((row) => ({ from: row.starts_at.getTime(), to: row.ends_at.getTime() }));
};
