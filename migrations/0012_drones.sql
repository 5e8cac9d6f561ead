-- Up Migration
-- What gateways of drones report beside telemetry, and what was asked of aircraft.

create table device_event (
  id bigint generated always as identity primary key,
  device_id text not null references device (id) on delete cascade,
  method text not null,
  tid text,
  observed_at timestamptz not null,
  received_at timestamptz not null,
  data jsonb,
  -- A gateway repeats a message until it is answered.
  unique (device_id, method, tid, observed_at)
);
create index device_event_by_device on device_event (device_id, id desc);
create index device_event_by_time on device_event (received_at);

-- A flight to a point. Its id is the bid of every message about it, and the flight_id or fly_to_id in them.
create table drone_command (
  id uuid primary key,
  device_id text not null references device (id) on delete cascade,
  gateway_id text not null,
  method text not null check (method in ('takeoff_to_point', 'fly_to_point')),
  lon double precision not null check (lon between -180 and 180),
  lat double precision not null check (lat between -90 and 90),
  -- Above the WGS-84 ellipsoid, where it ends; and above take-off, how it flies there.
  altitude_m double precision not null,
  flight_height_m double precision not null,
  speed_mps double precision not null,
  status text not null check (status in
    ('sent', 'accepted', 'in_progress', 'done', 'refused', 'failed', 'cancelled', 'superseded', 'timed_out')),
  -- An aircraft somebody else flies refuses; then we ask for flight authority, once, and send again.
  authority text not null default 'not_asked' check (authority in ('not_asked', 'asked', 'granted')),
  -- Of the message whose reply we await.
  tid text not null,
  -- What the aircraft said last.
  result_code bigint,
  said jsonb,
  remaining_m double precision,
  remaining_s double precision,
  requested_by text not null,
  requested_at timestamptz not null,
  updated_at timestamptz not null,
  ended_at timestamptz,
  -- Silence until then ends it.
  deadline_at timestamptz not null,
  check ((ended_at is null) = (status in ('sent', 'accepted', 'in_progress')))
);
create unique index drone_command_active on drone_command (device_id) where ended_at is null;
create index drone_command_by_device on drone_command (device_id, requested_at desc);
create index drone_command_by_deadline on drone_command (deadline_at) where ended_at is null;

-- Down Migration
-- No way back: restore from a backup instead.
