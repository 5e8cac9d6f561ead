-- Up Migration
-- Several providers a channel, the next channel when one fails, several alerts in one message.

alter table notification
  -- Attempts that count towards giving up: a provider that asked for a pause does not.
  add column failures integer not null default 0 check (failures >= 0),
  -- The message it goes out in; the id of the first notification in it, by which the provider knows a repeat.
  add column bundle_id uuid,
  add column last_attempt_at timestamptz,
  -- When the person's next channel was asked for its sake, or found not to exist.
  add column fallback_at timestamptz;
update notification set failures = attempts;
create index notification_by_bundle on notification (bundle_id) where bundle_id is not null;
create index notification_waiting on notification (address, id) where status in ('queued', 'sending');
create index notification_recent on notification (address, last_attempt_at) where last_attempt_at is not null;

-- The provider will never take it: another may.
alter table delivery_attempt add column permanent boolean not null default false;

-- Down Migration
-- No way back: restore from a backup instead.
