-- Up Migration
-- Pictures of what was seen. Their bytes lie in files (under DATA_DIR, or in S3) named by their hash.

create table image (
  id uuid primary key,
  -- The same picture sent twice is kept once.
  sha256 text not null unique check (sha256 ~ '^[0-9a-f]{64}$'),
  type text not null check (type in ('image/jpeg', 'image/png', 'image/webp')),
  bytes integer not null check (bytes > 0),
  -- As shown, upright; null = not looked at yet, or it cannot be decoded.
  width_px integer check (width_px > 0),
  height_px integer check (height_px > 0),
  -- Who sent it first.
  device_id text references device (id) on delete set null,
  person_id text references person (id) on delete set null,
  created_at timestamptz not null,
  -- When it last came: it is kept from then.
  received_at timestamptz not null,
  -- When it is to be worked on next (thumbnail, upload), by whoever takes it first and moves this on; null = done.
  work_at timestamptz,
  work_attempts integer not null default 0 check (work_attempts >= 0),
  -- Why it has no thumbnail, or not yet.
  problem text,
  check ((width_px is null) = (height_px is null))
);
create index image_work on image (work_at) where work_at is not null;
create index image_by_age on image (received_at);

-- Bytes on their way to S3: kept here until they are there, for S3 may be away for hours.
create table image_upload (
  image_id uuid primary key references image (id) on delete cascade,
  bytes bytea not null
);

-- A small upright JPEG without what the camera wrote into it.
create table image_thumbnail (
  image_id uuid primary key references image (id) on delete cascade,
  jpeg bytea not null
);

create table detection_image (
  detection_id uuid not null references detection (id) on delete cascade,
  image_id uuid not null references image (id) on delete cascade,
  primary key (detection_id, image_id)
);
create index detection_image_by_image on detection_image (image_id);

-- Pictures that came before the detection they belong to.
create table image_waiting (
  id bigint generated always as identity primary key,
  image_id uuid not null references image (id) on delete cascade,
  device_id text not null references device (id) on delete cascade,
  -- null: of whatever the device reported nearest in time.
  source_event_id text,
  received_at timestamptz not null
);
create index image_waiting_by_time on image_waiting (received_at);

-- Pictures to be fetched from where a detection says they are.
create table image_fetch (
  detection_id uuid primary key references detection (id) on delete cascade,
  device_id text not null references device (id) on delete cascade,
  url text not null,
  attempts integer not null default 0 check (attempts >= 0),
  -- When it is to be tried next; whoever takes it moves this on, so that it is tried again when he dies.
  next_at timestamptz not null,
  ended_at timestamptz,
  -- Why it is not here; once ended, why it was given up.
  problem text
);
create index image_fetch_due on image_fetch (next_at) where ended_at is null;

-- With the detection or not at all: a restart in between must not lose the picture.
create function want_image() returns trigger language plpgsql as $$
begin
  insert into image_fetch (detection_id, device_id, url, next_at)
    values (new.id, new.device_id, new.image_url, new.received_at);
  return null;
end $$;
create trigger detection_wants_image after insert on detection
  for each row when (new.image_url is not null) execute function want_image();

-- Down Migration
drop trigger detection_wants_image on detection;
drop function want_image;
drop table image_fetch, image_waiting, detection_image, image_thumbnail, image_upload, image;
