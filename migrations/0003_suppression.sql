-- Up Migration
-- What lowers the confidence of an alarm: permitted burns 计划烧除, known heat sources 固定热源, masks of a camera's
-- view. A wrong layer can hide a fire: each one ends by itself, none is ever deleted (cancelled_at), and every state
-- it was in stays in suppression_change.

create table suppression_change (
  seq bigint generated always as identity primary key,
  layer text not null,
  layer_id text not null,
  actor text not null,
  at timestamptz not null,
  row_after jsonb not null
);
create index suppression_change_by_layer on suppression_change (layer, layer_id, seq);
create trigger suppression_change_append_only before update or delete on suppression_change
  for each row execute function forbid_change();
create trigger suppression_change_no_truncate before truncate on suppression_change
  for each statement execute function forbid_change();

create function record_suppression_change() returns trigger language plpgsql as $$
begin
  insert into suppression_change (layer, layer_id, actor, at, row_after)
  values (tg_table_name, new.id, coalesce(new.cancelled_by, new.updated_by),
    coalesce(new.cancelled_at, new.updated_at), to_jsonb(new));
  return null;
end $$;

create table permitted_burn (
  id text primary key check (id <> ''),
  name text not null check (name <> ''),
  -- GeoJSON Polygon or MultiPolygon.
  geometry jsonb not null check (geometry ->> 'type' in ('Polygon', 'MultiPolygon')),
  -- The geometry's box in degrees: what is not near is never read.
  west double precision not null check (west between -180 and 180),
  south double precision not null check (south between -90 and 90),
  east double precision not null check (east between west and 180),
  north double precision not null check (north between south and 90),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  permit_number text,
  contact text,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  cancelled_at timestamptz,
  cancelled_by text,
  check (ends_at > starts_at and ends_at - starts_at <= interval '31 days'),
  check ((cancelled_at is null) = (cancelled_by is null))
);
create index permitted_burn_by_end on permitted_burn (ends_at) where cancelled_at is null;
create trigger permitted_burn_recorded after insert or update on permitted_burn
  for each row execute function record_suppression_change();
create trigger permitted_burn_kept before delete on permitted_burn
  for each row execute function forbid_change();

create table heat_source (
  id text primary key check (id <> ''),
  name text not null check (name <> ''),
  kind text not null check (kind in ('kiln', 'chimney', 'factory', 'thermal_plant', 'other')),
  description text,
  lon double precision not null check (lon between -180 and 180),
  lat double precision not null check (lat between -90 and 90),
  radius_m double precision not null check (radius_m > 0 and radius_m <= 5000),
  expires_at timestamptz not null,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  cancelled_at timestamptz,
  cancelled_by text,
  check (extract(epoch from expires_at - updated_at) <= 731 * 86400),
  check ((cancelled_at is null) = (cancelled_by is null))
);
create index heat_source_by_lat on heat_source (lat) where cancelled_at is null;
create trigger heat_source_recorded after insert or update on heat_source
  for each row execute function record_suppression_change();
create trigger heat_source_kept before delete on heat_source
  for each row execute function forbid_change();

-- Azimuths clockwise from true north, from azimuth_from_deg to azimuth_to_deg, through 0 when from > to; 0 to 360 is
-- the whole circle. Elevations from the horizon, up is positive.
create table view_mask (
  id text primary key check (id <> ''),
  device_id text not null references device (id),
  azimuth_from_deg double precision not null check (azimuth_from_deg >= 0 and azimuth_from_deg < 360),
  azimuth_to_deg double precision not null check (azimuth_to_deg between 0 and 360),
  elevation_from_deg double precision not null check (elevation_from_deg >= -90),
  elevation_to_deg double precision not null check (elevation_to_deg <= 90),
  reason text not null check (reason in ('glint', 'fog', 'chimney', 'other')),
  note text,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  cancelled_at timestamptz,
  cancelled_by text,
  check (azimuth_from_deg <> azimuth_to_deg),
  check (elevation_from_deg < elevation_to_deg),
  check (extract(epoch from expires_at - updated_at) <= 366 * 86400),
  check ((cancelled_at is null) = (cancelled_by is null))
);
create index view_mask_by_device on view_mask (device_id, expires_at) where cancelled_at is null;
create trigger view_mask_recorded after insert or update on view_mask
  for each row execute function record_suppression_change();
create trigger view_mask_kept before delete on view_mask
  for each row execute function forbid_change();

-- Down Migration
-- No way back: restore from a backup instead.
