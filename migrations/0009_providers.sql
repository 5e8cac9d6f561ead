-- Up Migration
-- Providers that speak HTTP: what they report and hand over comes by callback, and what a carrier lets through in a day is
-- counted.

-- A reply over HTTP has no line and no number on it, but an id of the provider's: the same again has the same.
alter table inbound_message
  alter column line_id drop not null,
  alter column sequence_number drop not null,
  add column external_id text,
  add constraint inbound_message_came_by check
    (num_nulls(line_id, sequence_number) in (0, 2) and (line_id is null) = (external_id is not null)),
  add constraint inbound_message_external unique (provider, external_id);

-- Parts of a long reply, until the last has come.
create table inbound_part (
  provider text not null,
  sender text not null,
  reference integer not null,
  total integer not null check (total between 1 and 255),
  part integer not null check (part between 1 and 255),
  text text not null,
  received_at timestamptz not null,
  -- Set on all parts once they were put together: a late copy of one is then known as such.
  joined_at timestamptz,
  primary key (provider, sender, reference, total, part)
);
create index inbound_part_waiting on inbound_part (received_at) where joined_at is null;

-- How many messages a number got today from one template of a provider. Days are local.
create table sms_daily_count (
  provider text not null,
  template text not null,
  address text not null,
  day date not null,
  sent integer not null check (sent >= 0),
  primary key (day, provider, template, address)
);

-- Not delivered, but worth another try after this pause: a phone that was busy.
alter table receipt add column retry_after_ms integer check (retry_after_ms >= 0);

-- Down Migration
-- No way back: restore from a backup instead.
