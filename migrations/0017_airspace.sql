-- Up Migration
-- Aircraft that say where they are (Remote ID) and are not ours, and their stays in the airspace of a fire.

create table foreign_aircraft (
  id text primary key,
  id_type text not null check (id_type in ('serial_number', 'registration', 'utm_id', 'session_id', 'mac')),
  category text,
  state text check (state in ('ground', 'airborne', 'emergency')),
  lon double precision not null check (lon between -180 and 180),
  lat double precision not null check (lat between -90 and 90),
  -- Above the WGS-84 ellipsoid; and above take-off or the ground.
  altitude_m double precision,
  height_m double precision,
  height_ref text check (height_ref in ('takeoff', 'ground')),
  speed_mps double precision,
  vertical_speed_mps double precision,
  heading_deg double precision check (heading_deg >= 0 and heading_deg < 360),
  operator_id text,
  operator_lon double precision check (operator_lon between -180 and 180),
  operator_lat double precision check (operator_lat between -90 and 90),
  purpose text,
  reception jsonb not null,
  receiver_id text not null,
  region_id text not null,
  first_received_at timestamptz not null,
  -- By the receiver's clock, and by ours.
  observed_at timestamptz not null,
  received_at timestamptz not null,
  check ((operator_lon is null) = (operator_lat is null)),
  check ((height_m is null) = (height_ref is null))
);
create index foreign_aircraft_by_time on foreign_aircraft (received_at);

create table foreign_aircraft_position (
  aircraft_id text not null references foreign_aircraft (id) on delete cascade,
  at timestamptz not null,
  lon double precision not null,
  lat double precision not null,
  altitude_m double precision,
  primary key (aircraft_id, at)
);
create index foreign_aircraft_position_by_time on foreign_aircraft_position (at);

-- Ours, by the serial number they send.
create index device_by_remote_id on device (upper(properties ->> 'remoteId')) where properties ? 'remoteId';

-- While left_at is null the aircraft is in there, and people have been told: a restart tells nobody again.
create table airspace_visit (
  id bigint generated always as identity primary key,
  incident_id uuid not null references incident (id),
  aircraft_id text not null references foreign_aircraft (id) on delete cascade,
  entered_at timestamptz not null,
  last_inside_at timestamptz not null,
  closest_m double precision not null,
  left_at timestamptz
);
create unique index airspace_visit_now on airspace_visit (incident_id, aircraft_id) where left_at is null;
create index airspace_visit_by_aircraft on airspace_visit (aircraft_id);

alter table notification drop constraint notification_kind_check;
alter table notification add constraint notification_kind_check check (kind in
  ('alert', 'taken_over', 'reply', 'audit', 'report_due', 'airspace', 'verification', 'consent', 'duty'));

-- Down Migration
-- No way back: restore from a backup instead.
