-- Up Migration
-- Devices prove that they are alive: signs of life, what is wrong with each, how long each was there.

alter table device_state
  -- The last sign of life that is no telemetry: an alarm, a heartbeat, a status.
  add column seen_at timestamptz,
  -- What it said it is online over. Only of the bus is known when it ends.
  add column link text check (link in ('bus', 'http')),
  -- How often the bus has lost it.
  add column drops bigint not null default 0,
  -- The picture it alarmed with last, and over which span of its own time that has been the same.
  add column frame_sha256 text,
  add column frame_since timestamptz,
  add column frame_at timestamptz;

create table device_health (
  device_id text primary key references device (id) on delete cascade,
  status text not null check (status in ('unknown', 'healthy', 'suspect', 'unhealthy', 'recovering')),
  since timestamptz not null,
  -- [{code, since, value, limit, detail, confirmed}], the ones it has now.
  problems jsonb not null default '[]',
  -- What the next look needs of the ones before: readings of its clock, where it looked, when it was lost.
  memory jsonb not null default '{}',
  -- Problems people were told of; empty = they believe it is well.
  told text[] not null default '{}',
  -- Since when there is something to tell that was not told.
  untold_since timestamptz,
  presence text not null check (presence in ('up', 'down', 'unknown')),
  presence_since timestamptz not null
);
create index device_health_by_status on device_health (status);
create index device_health_confirmed on device_health (device_id) where status = 'unhealthy';

-- Ended stretches in which a device was not there, or nobody could tell; the one under way is in device_health.
create table device_absence (
  device_id text not null references device (id) on delete cascade,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  presence text not null check (presence in ('down', 'unknown')),
  primary key (device_id, starts_at),
  check (ends_at > starts_at)
);
create index device_absence_by_end on device_absence (ends_at);

-- When devices were looked at: what was while nobody did (the service was down) is not known.
create table health_watch (
  starts_at timestamptz primary key,
  ends_at timestamptz not null,
  check (ends_at >= starts_at)
);

-- Local days whose summary was sent, or needs none.
create table health_summary (
  day date primary key,
  at timestamptz not null
);

-- What was wrong with the device when it saw this, as device_health has it; null = nothing known.
alter table detection add column device_problems jsonb;

-- How equipment is: about no incident.
alter table notification drop constraint notification_kind_check;
alter table notification add constraint notification_kind_check check (kind in ('alert', 'taken_over', 'reply', 'audit',
  'report_due', 'airspace', 'verification', 'consent', 'duty', 'device'));
alter table notification drop constraint notification_about;
alter table notification add constraint notification_about check
  ((incident_id is null) = (kind in ('verification', 'consent', 'duty', 'device')));

-- Down Migration
-- No way back: restore from a backup instead.
