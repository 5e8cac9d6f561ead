-- Up Migration
-- What a fix is made again from when a detection joins, leaves or is corrected, and why an incident is believed.

alter table detection
  -- Measurements with their errors (locate/sighting.ts); null in rows from before: their fix stands for them.
  add column sighting jsonb,
  add column source text not null default 'camera' check (source in ('camera', 'drone', 'caller', 'ranger',
    'viirs', 'modis', 'himawari')),
  -- A person decided which incident it belongs to: association leaves it there.
  add column pinned boolean not null default false,
  add column label text check (label in ('wildfire_smoke', 'other_smoke', 'other')),
  add column labelled_by text,
  add column labelled_at timestamptz,
  add check ((label is null) = (labelled_by is null)),
  add check ((label is null) = (labelled_at is null));
alter table detection alter column source drop default;
create index detection_by_device on detection (device_id, received_at);

-- One row for all detections of a device in an incident: a camera may send a frame a second for hours, and each of
-- them is weighed against what came before.
create table incident_track (
  incident_id uuid not null references incident (id),
  device_id text not null references device (id),
  source text not null,
  detection_count integer not null check (detection_count >= 1),
  best_detection_id uuid not null references detection (id),
  best_fix jsonb not null,
  best_sighting jsonb,
  best_received_at timestamptz not null,
  latest_azimuth_deg double precision,
  latest_observed_at timestamptz not null,
  -- Times of the newest detections, for counting how many come within a while, and the most there were.
  recent_at timestamptz[] not null,
  frames integer not null,
  seen_as_fire boolean not null default false,
  pinned boolean not null default false,
  primary key (incident_id, device_id)
);
insert into incident_track (incident_id, device_id, source, detection_count, best_detection_id, best_fix,
    best_received_at, latest_azimuth_deg, latest_observed_at, recent_at, frames)
  select distinct on (d.incident_id, d.device_id) d.incident_id, d.device_id,
    case v.kind when 'dock' then 'drone' else v.kind end,
    count(*) over device, d.id, d.fix, d.received_at, d.azimuth_deg, max(d.observed_at) over device,
    array[d.observed_at], 1
  from detection d join device v on v.id = d.device_id
  window device as (partition by d.incident_id, d.device_id)
  order by d.incident_id, d.device_id,
    (d.fix #>> '{ellipse,semiMajorM}')::float8 * (d.fix #>> '{ellipse,semiMinorM}')::float8, d.observed_at desc;

alter table incident
  -- The device whose detection opened it; what that saw is what it is about.
  add column anchor_device_id text references device (id),
  -- The highest level people were alerted at. Incidents from before were all alerted.
  add column alert_level text not null default 'review' check (alert_level in ('none', 'review', 'strong')),
  add column factors jsonb not null default '[]',
  add column suppressions jsonb not null default '[]',
  -- Readings of its detections that do not exclude each other yet; null = certain.
  add column hypotheses jsonb;
update incident set anchor_device_id = source_ids[1];
alter table incident alter column anchor_device_id set not null, alter column alert_level drop default;
-- A merged incident has given its detections away.
alter table incident drop constraint incident_detection_count_check;
alter table incident add constraint incident_detection_count_check
  check (detection_count >= 1 or (status = 'merged' and detection_count = 0));
-- Those a layer holds down are looked at again when it ends.
create index incident_suppressed on incident (last_received_at)
  where suppressions <> '[]' and status in ('reported', 'acknowledged');

-- Down Migration
-- No way back: restore from a backup instead.
