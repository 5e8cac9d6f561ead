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

-- Down Migration
drop index detection_of_satellite;
drop table hotspot_feed;
