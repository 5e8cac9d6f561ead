-- Up Migration
-- What a device adds to a sight line, and the landmarks that were measured for it.

alter table device drop constraint device_kind_check;
alter table device add constraint device_kind_check
  check (kind in ('camera', 'drone', 'dock', 'satellite', 'caller', 'ranger'));

alter table device
  -- Added to every tilt and elevation the device reports.
  add column tilt_offset_deg double precision not null default 0,
  add column elevation_sigma_deg double precision check (elevation_sigma_deg > 0),
  -- True focal length in pixels / the one its field of view gives: corrects a wrong HFOV at any zoom.
  add column focal_scale double precision not null default 1 check (focal_scale > 0),
  -- alarms: the platform alarms once, after its own persistence check. frames: it reports every frame.
  add column reports text not null default 'alarms' check (reports in ('alarms', 'frames')),
  add column calibrated_at timestamptz,
  add column landmark_count integer not null default 0 check (landmark_count >= 0),
  -- The last result, shown to the technician.
  add column calibration jsonb;

-- A known point and the pixel it was seen at. Pan, tilt and field of view as the camera reported them, without the
-- device's offsets: a calibration replaces those. The same name again is the same landmark, measured anew.
create table device_landmark (
  id uuid primary key,
  device_id text not null references device (id) on delete cascade,
  name text not null check (name <> ''),
  pan_deg double precision not null,
  tilt_deg double precision not null check (tilt_deg between -90 and 90),
  hfov_deg double precision check (hfov_deg > 0 and hfov_deg < 180),
  zoom double precision check (zoom >= 1),
  width_px integer not null check (width_px > 0),
  height_px integer not null check (height_px > 0),
  u_px double precision not null,
  v_px double precision not null,
  lon double precision not null check (lon between -180 and 180),
  lat double precision not null check (lat between -90 and 90),
  -- Above mean sea level; null = the terrain's.
  height_m double precision,
  created_at timestamptz not null,
  unique (device_id, name),
  check (hfov_deg is not null or zoom is not null)
);

-- Down Migration
drop table device_landmark;
alter table device
  drop column tilt_offset_deg,
  drop column elevation_sigma_deg,
  drop column focal_scale,
  drop column reports,
  drop column calibrated_at,
  drop column landmark_count,
  drop column calibration;
-- A satellite, a caller or a ranger has no kind to go back to: with one registered this fails, and nothing is lost.
alter table device drop constraint device_kind_check;
alter table device add constraint device_kind_check check (kind in ('camera', 'drone', 'dock'));
