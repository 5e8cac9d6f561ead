-- Up Migration
-- Hotspots of satellites, and what people report by telephone or on the spot.

-- Where hotspots are fetched. Whoever sets polled_at has the turn, so that of several processes one fetches.
create table hotspot_feed (
  name text primary key,
  polled_at timestamptz not null,
  succeeded_at timestamptz,
  -- Why the last poll failed; null = it did not.
  error text
);

-- A row that is published anew must not be a second detection.
create index detection_of_satellite on detection (device_id, observed_at)
  where source in ('viirs', 'modis', 'himawari');

-- What a caller (12119) or a ranger said, beside the detection it is.
create table witness_report (
  -- Chosen by who sends it, so that a report sent twice is one.
  id uuid primary key,
  detection_id uuid not null unique references detection (id) on delete cascade,
  source text not null check (source in ('caller', 'ranger')),
  said text not null,
  -- E.164 where it is a number, else as it was written down.
  phone text,
  -- Who it is, when that is known by login or phone.
  person_id text references person (id) on delete set null,
  -- The place that was named, where no position was given.
  region_id text,
  image_id uuid references image (id) on delete set null,
  observed_at timestamptz not null,
  received_at timestamptz not null,
  -- Who entered it: person:{id} or user:{name}.
  entered_by text not null
);

-- Down Migration
drop table witness_report;
drop index detection_of_satellite;
drop table hotspot_feed;
