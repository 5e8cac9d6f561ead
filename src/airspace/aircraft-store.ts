import type { Queryable } from '../shared/db.ts';
import { toJsonb } from '../shared/safe-json.ts';
import type { AircraftIdType, AircraftSighting, AircraftState } from './aircraft-sighting.ts';

/** Remote ID is said several times a second, and to several receivers. */
const LATEST_EVERY = `interval '1 second'`;
const TRACK_EVERY = `interval '5 seconds'`;

/** Registered devices are ours: their id, or `properties.remoteId`, is the serial number they send. */
const isOurs = (id: string): string => `exists (select from device d where d.id = ${id})
  or exists (select from device d where d.properties ? 'remoteId' and upper(d.properties ->> 'remoteId') = upper(${id}))`;

export type ReceivedSighting = {
  sighting: AircraftSighting;
  receiverId: string;
  regionId: string;
  receivedAt: Date;
};

/** Keeps where an aircraft is, at most once a second, and its track every five; nothing of one that is ours. */
export const recordSighting = async (
  db: Queryable,
  { sighting: s, receiverId, regionId, receivedAt }: ReceivedSighting,
): Promise<void> => {
  await db.query(
    `with latest as (
       insert into foreign_aircraft as a (id, id_type, category, state, lon, lat, altitude_m, height_m, height_ref,
         speed_mps, vertical_speed_mps, heading_deg, operator_id, operator_lon, operator_lat, purpose, reception,
         receiver_id, region_id, observed_at, received_at, first_received_at)
       select $1::text, $2, $3, $4, $5::float8, $6::float8, $7::float8, $8, $9, $10, $11, $12, $13, $14, $15, $16,
         $17::jsonb, $18, $19, $20::timestamptz, $21::timestamptz, $21
        where not (${isOurs('$1')})
       on conflict (id) do update set id_type = excluded.id_type, category = coalesce(excluded.category, a.category),
         state = excluded.state, lon = excluded.lon, lat = excluded.lat, altitude_m = excluded.altitude_m,
         height_m = excluded.height_m, height_ref = excluded.height_ref, speed_mps = excluded.speed_mps,
         vertical_speed_mps = excluded.vertical_speed_mps, heading_deg = excluded.heading_deg,
         operator_id = coalesce(excluded.operator_id, a.operator_id),
         operator_lon = coalesce(excluded.operator_lon, a.operator_lon),
         operator_lat = coalesce(excluded.operator_lat, a.operator_lat),
         purpose = coalesce(excluded.purpose, a.purpose), reception = excluded.reception,
         receiver_id = excluded.receiver_id, region_id = excluded.region_id,
         observed_at = excluded.observed_at, received_at = excluded.received_at
       where excluded.received_at >= a.received_at + ${LATEST_EVERY}
       returning id, received_at, lon, lat, altitude_m)
     insert into foreign_aircraft_position (aircraft_id, at, lon, lat, altitude_m)
     select id, received_at, lon, lat, altitude_m from latest where not exists (
       select from foreign_aircraft_position p where p.aircraft_id = latest.id and p.at > latest.received_at - ${TRACK_EVERY})
     on conflict do nothing`,
    [
      s.id,
      s.idType,
      s.category,
      s.state,
      s.position[0],
      s.position[1],
      s.altitudeM,
      s.heightM,
      s.heightRef,
      s.speedMps,
      s.verticalSpeedMps,
      s.headingDeg,
      s.operatorId,
      s.operatorPosition?.[0] ?? null,
      s.operatorPosition?.[1] ?? null,
      s.purpose,
      toJsonb(s.reception),
      receiverId,
      regionId,
      s.observedAt,
      receivedAt,
    ],
  );
};

/** An aircraft that is not ours, as it was heard last. */
export type Aircraft = AircraftSighting & {
  receiverId: string;
  regionId: string;
  receivedAt: Date;
};

type AircraftRow = {
  id: string;
  id_type: AircraftIdType;
  category: string | null;
  state: AircraftState | null;
  lon: number;
  lat: number;
  altitude_m: number | null;
  height_m: number | null;
  height_ref: 'takeoff' | 'ground' | null;
  speed_mps: number | null;
  vertical_speed_mps: number | null;
  heading_deg: number | null;
  operator_id: string | null;
  operator_lon: number | null;
  operator_lat: number | null;
  purpose: string | null;
  reception: Record<string, unknown>;
  receiver_id: string;
  region_id: string;
  observed_at: Date;
  received_at: Date;
};

const COLUMNS = `a.id, a.id_type, a.category, a.state, a.lon, a.lat, a.altitude_m, a.height_m, a.height_ref, a.speed_mps,
  a.vertical_speed_mps, a.heading_deg, a.operator_id, a.operator_lon, a.operator_lat, a.purpose, a.reception,
  a.receiver_id, a.region_id, a.observed_at, a.received_at`;

const toAircraft = (row: AircraftRow): Aircraft => ({
  id: row.id,
  idType: row.id_type,
  category: row.category,
  state: row.state,
  position: [row.lon, row.lat],
  altitudeM: row.altitude_m,
  heightM: row.height_m,
  heightRef: row.height_ref,
  speedMps: row.speed_mps,
  verticalSpeedMps: row.vertical_speed_mps,
  headingDeg: row.heading_deg,
  operatorId: row.operator_id,
  operatorPosition:
    row.operator_lon === null || row.operator_lat === null
      ? null
      : [row.operator_lon, row.operator_lat],
  purpose: row.purpose,
  reception: row.reception,
  receiverId: row.receiver_id,
  regionId: row.region_id,
  observedAt: row.observed_at,
  receivedAt: row.received_at,
});

/** Heard since then, by id; one that was registered as ours meanwhile is left out. */
export const listAircraft = async (
  db: Queryable,
  query: {
    since: Date;
    regionIds?: readonly string[] | undefined;
    afterId?: string | undefined;
    limit: number;
  },
): Promise<Aircraft[]> => {
  const { rows } = await db.query<AircraftRow>(
    `select ${COLUMNS} from foreign_aircraft a
      where a.received_at >= $1 and ($2::text[] is null or a.region_id = any($2)) and ($3::text is null or a.id > $3)
        and not (${isOurs('a.id')})
      order by a.id limit $4`,
    [query.since, query.regionIds ?? null, query.afterId ?? null, query.limit],
  );
  return rows.map(toAircraft);
};

export type TrackPoint = { at: Date; lon: number; lat: number; altitudeM: number | null };

/** Where they were since then, oldest first, by aircraft. */
export const listTracks = async (
  db: Queryable,
  aircraftIds: readonly string[],
  since: Date,
): Promise<Map<string, TrackPoint[]>> => {
  const { rows } = await db.query<{
    aircraft_id: string;
    at: Date;
    lon: number;
    lat: number;
    altitude_m: number | null;
  }>(
    `select aircraft_id, at, lon, lat, altitude_m from foreign_aircraft_position
      where aircraft_id = any($1) and at >= $2 order by aircraft_id, at`,
    [aircraftIds, since],
  );
  const tracks = new Map<string, TrackPoint[]>();
  for (const { aircraft_id, at, lon, lat, altitude_m } of rows) {
    const point = { at, lon, lat, altitudeM: altitude_m };
    const track = tracks.get(aircraft_id);
    if (track === undefined) tracks.set(aircraft_id, [point]);
    else track.push(point);
  }
  return tracks;
};

/** Drops what was not heard since then, and older parts of tracks. */
export const deleteAircraftBefore = async (db: Queryable, before: Date): Promise<void> => {
  await db.query('delete from foreign_aircraft_position where at < $1', [before]);
  await db.query('delete from foreign_aircraft where received_at < $1', [before]);
};
