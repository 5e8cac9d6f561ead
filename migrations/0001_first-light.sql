-- Up Migration
-- PostgreSQL 15 or later. Plain tables: spatial work is done in process, so no PostGIS is needed.

-- One writer at a time decides about incidents (see docs/adr); this trigger tells listeners what changed.
create function notify_row_change() returns trigger language plpgsql as $$
begin
  perform pg_notify(tg_argv[0], coalesce(new.id, old.id)::text);
  return null;
end $$;

create function forbid_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % is not allowed', tg_table_name, tg_op
    using errcode = 'restrict_violation';
end $$;

create table app_setting (
  key text primary key,
  value jsonb not null,
  updated_at timestamptz not null default now()
);

-- Regions: county > township > village > grid. A region without geometry covers everything.
create table region (
  id text primary key,
  name text not null check (name <> ''),
  level text not null check (level in ('county', 'township', 'village', 'grid')),
  parent_id text references region (id) deferrable initially deferred,
  code text not null check (code ~ '^[A-Za-z0-9_]+$'),
  geometry jsonb,
  properties jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (parent_id <> id)
);
create trigger region_changed after insert or update or delete on region
  for each row execute function notify_row_change('region_changed');
insert into region (id, name, level, code) values ('default', 'default', 'county', 'default');

create table person (
  id text primary key,
  name text not null check (name <> ''),
  roles text[] not null,
  locale text not null check (locale in ('zh-CN', 'en')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (roles <@ array['viewer', 'operator', 'duty_officer', 'dispatcher', 'admin'])
);
create table person_region (
  person_id text not null references person (id) on delete cascade,
  region_id text not null references region (id),
  primary key (person_id, region_id)
);
create table contact_method (
  id uuid primary key,
  person_id text not null references person (id) on delete cascade,
  channel text not null check (channel in ('sms', 'app', 'webhook', 'email', 'voice', 'log')),
  address text not null,
  verified boolean not null default false,
  disabled_at timestamptz,
  position integer not null default 0,
  unique (person_id, channel, address)
);
create index contact_method_by_address on contact_method (channel, address);

create table shift (
  id uuid primary key,
  person_id text not null references person (id),
  region_id text not null references region (id),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  created_at timestamptz not null default now(),
  check (ends_at > starts_at)
);
create index shift_by_time on shift (starts_at, ends_at);

create table account (
  id uuid primary key,
  username text not null unique,
  password_hash text not null,
  person_id text references person (id),
  roles text[] not null check (roles <@ array['viewer', 'operator', 'duty_officer', 'dispatcher', 'admin']),
  disabled_at timestamptz,
  created_at timestamptz not null default now()
);

-- Who may log in to the MQTT broker: a device by its id, a person's app by the person's id.
-- secret_hash is in Mosquitto's password-file format ($7$iterations$salt$hash, PBKDF2-SHA512),
-- so the same hash serves the embedded broker and an exported Mosquitto password file.
create table mqtt_credential (
  id text primary key check (id ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$'),
  owner text not null check (owner in ('device', 'person')),
  secret_hash text not null,
  revoked_at timestamptz,
  created_at timestamptz not null default now()
);
create trigger mqtt_credential_added after insert on mqtt_credential
  for each row execute function notify_row_change('mqtt_credential_added');
create trigger mqtt_credential_changed after update or delete on mqtt_credential
  for each row execute function notify_row_change('mqtt_credential_changed');

create table device (
  id text primary key references mqtt_credential (id),
  kind text not null check (kind in ('camera', 'drone', 'dock')),
  name text not null,
  region_id text not null references region (id),
  lon double precision check (lon between -180 and 180),
  lat double precision check (lat between -90 and 90),
  ground_height_m double precision,
  mount_height_m double precision,
  height_ref text not null default 'msl' check (height_ref in ('ellipsoid', 'msl', 'takeoff')),
  azimuth_offset_deg double precision not null default 0,
  azimuth_sigma_deg double precision check (azimuth_sigma_deg > 0),
  hfov_deg double precision check (hfov_deg > 0 and hfov_deg < 180),
  gateway_id text references device (id),
  properties jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check ((lon is null) = (lat is null)),
  check (kind <> 'camera' or lon is not null),
  check (gateway_id <> id)
);
create index device_by_gateway on device (gateway_id) where gateway_id is not null;
create trigger device_changed after insert or update or delete on device
  for each row execute function notify_row_change('device_changed');

-- Latest known state: one row a device. state is merged key by key, so a dock's OSD split over
-- several messages adds up; lon/lat keep the last known position with its own time.
create table device_state (
  device_id text primary key references device (id) on delete cascade,
  observed_at timestamptz,
  received_at timestamptz,
  lon double precision,
  lat double precision,
  position_at timestamptz,
  state jsonb not null default '{}',
  online boolean,
  online_at timestamptz
);

-- Partitioned by our clock, not the device's: a wrong device clock must not scatter rows into 1970 or 2106.
create table telemetry (
  device_id text not null,
  observed_at timestamptz not null,
  received_at timestamptz not null,
  lon double precision,
  lat double precision,
  altitude_m double precision,
  altitude_ref text,
  heading_deg double precision,
  pan_deg double precision,
  tilt_deg double precision,
  hfov_deg double precision,
  gimbal_pitch_deg double precision,
  gimbal_yaw_deg double precision,
  speed_mps double precision,
  battery_pct double precision,
  flight_time_left_s double precision,
  extras jsonb
) partition by range (received_at);
create index telemetry_track on telemetry (device_id, observed_at);
create table telemetry_default partition of telemetry default;

create table person_state (
  person_id text primary key references person (id) on delete cascade,
  lon double precision not null,
  lat double precision not null,
  accuracy_m double precision,
  observed_at timestamptz not null,
  received_at timestamptz not null
);

create table resource (
  id text primary key,
  kind text not null check (kind in ('crew', 'ranger', 'grid_member', 'water', 'firebreak', 'shelter',
    'vehicle', 'equipment', 'warehouse', 'helipad')),
  name text not null,
  geometry jsonb not null,
  -- The geometry's box in degrees, for listing what is in view.
  west double precision not null check (west between -180 and 180),
  south double precision not null check (south between -90 and 90),
  east double precision not null check (east between west and 180),
  north double precision not null check (north between south and 90),
  properties jsonb not null default '{}',
  person_id text references person (id),
  position_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index resource_by_kind on resource (kind, id);
create index resource_by_person on resource (person_id) where person_id is not null;
create trigger resource_changed after insert or update or delete on resource
  for each row execute function notify_row_change('resource_changed');

create table incident_counter (
  region_code text not null,
  day date not null,
  last integer not null,
  primary key (region_code, day)
);

create table incident (
  id uuid primary key,
  number text not null unique,
  status text not null check (status in ('reported', 'acknowledged', 'verified', 'responding', 'contained',
    'closed', 'dismissed', 'merged')),
  confidence double precision not null check (confidence between 0 and 1),
  severity text not null check (severity in ('low', 'moderate', 'high', 'critical')),
  region_id text not null references region (id),
  lon double precision not null check (lon between -180 and 180),
  lat double precision not null check (lat between -90 and 90),
  fix jsonb not null,
  detection_count integer not null check (detection_count >= 1),
  source_ids text[] not null,
  opened_at timestamptz not null,
  updated_at timestamptz not null,
  last_observed_at timestamptz not null,
  last_received_at timestamptz not null,
  acknowledged_at timestamptz,
  verified_at timestamptz,
  responding_at timestamptz,
  contained_at timestamptz,
  closed_at timestamptz,
  dismissed_reason text,
  merged_into_id uuid references incident (id),
  check ((status = 'dismissed') = (dismissed_reason is not null)),
  check ((status = 'merged') = (merged_into_id is not null))
);
create index incident_open on incident (last_received_at)
  where status in ('reported', 'acknowledged', 'verified', 'responding', 'contained', 'dismissed');
create index incident_by_opened on incident (opened_at desc, id desc);

-- incident_id is not null: a detection that was accepted belongs to exactly one incident.
create table detection (
  id uuid primary key,
  device_id text not null references device (id),
  dedupe_key text not null,
  incident_id uuid not null references incident (id),
  kind text not null check (kind in ('smoke', 'flame', 'heat')),
  confidence double precision not null check (confidence between 0 and 1),
  observed_at timestamptz not null,
  received_at timestamptz not null,
  fix jsonb not null,
  azimuth_deg double precision,
  elevation_deg double precision,
  range_m double precision,
  temperature_c double precision,
  image_url text,
  topic text not null,
  raw bytea not null,
  unique (device_id, dedupe_key)
);
create index detection_by_incident on detection (incident_id, observed_at);

create table incident_event (
  id bigint generated always as identity primary key,
  incident_id uuid not null references incident (id),
  type text not null,
  actor text not null,
  at timestamptz not null,
  data jsonb not null default '{}'
);
create index incident_event_by_incident on incident_event (incident_id, id);
create trigger incident_event_append_only before update or delete on incident_event
  for each row execute function forbid_change();
create trigger incident_event_no_truncate before truncate on incident_event
  for each statement execute function forbid_change();
create trigger incident_event_added after insert on incident_event
  for each row execute function notify_row_change('incident_event');

create table notification (
  id uuid primary key,
  incident_id uuid not null references incident (id),
  step integer not null,
  person_id text not null references person (id),
  channel text not null,
  round integer not null default 0,
  address text not null,
  locale text not null,
  text text not null,
  payload jsonb not null default '{}',
  status text not null default 'queued' check (status in ('queued', 'sending', 'submitted', 'delivered',
    'read', 'acknowledged', 'failed', 'cancelled')),
  created_at timestamptz not null,
  due_at timestamptz not null,
  claimed_until timestamptz,
  attempts integer not null default 0,
  submitted_at timestamptz,
  finished_at timestamptz,
  last_error text,
  unique (incident_id, step, person_id, channel, round)
);
create index notification_due on notification (due_at) where status in ('queued', 'sending');
create index notification_by_incident on notification (incident_id);
create index notification_by_address on notification (address, created_at);
create trigger notification_added after insert on notification
  for each row execute function notify_row_change('notification_added');

create table delivery_attempt (
  id uuid primary key,
  notification_id uuid not null references notification (id),
  attempt integer not null,
  provider text not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  outcome text check (outcome in ('submitted', 'failed', 'unknown')),
  provider_message_ids text[] not null default '{}',
  error text,
  unique (notification_id, attempt)
);
create index delivery_attempt_by_provider_id on delivery_attempt using gin (provider_message_ids);

-- A receipt can arrive before the answer that tells us its message id; it is kept and matched later.
create table receipt (
  id bigint generated always as identity primary key,
  notification_id uuid references notification (id),
  provider text not null,
  provider_message_id text,
  -- Whom the provider says it was for: tells messages apart where it writes ids now in hex, now in decimal.
  address text,
  event text not null check (event in ('delivered', 'read', 'acknowledged', 'failed')),
  at timestamptz not null,
  received_at timestamptz not null,
  detail text
);
create index receipt_by_notification on receipt (notification_id);
create index receipt_unmatched on receipt (provider, lower(provider_message_id)) where notification_id is null;

create table dead_letter (
  id bigint generated always as identity primary key,
  received_at timestamptz not null,
  topic text not null,
  publisher text,
  code text not null,
  reason text not null,
  payload bytea not null,
  payload_bytes integer not null,
  replayed_at timestamptz,
  replay_outcome text
);
create index dead_letter_by_code on dead_letter (code, id);

-- Down Migration
-- No way back: restore from a backup instead.
