-- Up Migration
-- Boxes and platforms that report for cameras: a recorder, Frigate, a vendor's platform, a GB/T 28181 bridge.

alter table device drop constraint device_kind_check;
alter table device add constraint device_kind_check
  check (kind in ('camera', 'drone', 'dock', 'satellite', 'caller', 'ranger', 'gateway'));

-- What the box calls a camera: an alarm of one camera must never be taken for another's.
create unique index device_external_id on device (gateway_id, (properties ->> 'externalId'))
  where gateway_id is not null and properties ->> 'externalId' is not null;

-- Down Migration
drop index device_external_id;
-- A gateway has no kind to go back to: with one registered this fails, and nothing is lost.
alter table device drop constraint device_kind_check;
alter table device add constraint device_kind_check
  check (kind in ('camera', 'drone', 'dock', 'satellite', 'caller', 'ranger'));
