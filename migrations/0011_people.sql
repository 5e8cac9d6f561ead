-- Up Migration
-- Contacts are proven by a code, people refuse and resume SMS, answer by link and app, and hear of what is about no fire.

-- What is about no incident: a code, the answer to STOP, a gap in the roster.
alter table notification alter column incident_id drop not null;
alter table notification drop constraint notification_kind_check;
alter table notification add constraint notification_kind_check check
  (kind in ('alert', 'taken_over', 'reply', 'audit', 'report_due', 'verification', 'consent', 'duty'));
alter table notification add constraint notification_about check
  ((incident_id is null) = (kind in ('verification', 'consent', 'duty')));
create index notification_by_person on notification (person_id, id) where incident_id is null;

alter table contact_method
  add column verified_at timestamptz,
  -- Who said that no more messages go there: stop = the phone itself, by SMS.
  add column disabled_reason text check (disabled_reason in ('stop', 'admin', 'self'));
alter table contact_method add constraint contact_method_disabled check
  (disabled_at is not null or disabled_reason is null);
create index contact_method_by_phone_tail on contact_method (right(address, 8)) where channel in ('sms', 'voice');

-- A code that was sent to a contact. Kept when the contact goes, so that how many were asked for is known.
create table contact_verification (
  id uuid primary key,
  contact_id uuid references contact_method (id) on delete set null,
  person_id text not null references person (id) on delete cascade,
  -- scrypt, as passwords: of six digits anything faster is no secret.
  code_hash text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  tries integer not null default 0 check (tries >= 0),
  -- Confirmed, or replaced by a newer one.
  ended_at timestamptz,
  check (expires_at > created_at)
);
create index contact_verification_by_contact on contact_verification (contact_id) where ended_at is null;
create index contact_verification_by_person on contact_verification (person_id, created_at);

-- What people answered to a notification by link, app or API. By link each answer counts once; the same one from an app
-- again is the one it sent before, when it bears the same time.
create table notification_reply (
  id bigint generated always as identity primary key,
  notification_id uuid not null references notification (id),
  incident_id uuid not null references incident (id),
  person_id text not null references person (id),
  reply text not null check (reply in ('0', '1', '2')),
  via text not null check (via in ('link', 'app', 'api')),
  at timestamptz not null,
  received_at timestamptz not null,
  outcome text not null,
  unique (notification_id, via, reply, at)
);
create index notification_reply_asked on notification_reply (person_id, incident_id, received_at);

-- What was last told of a gap: it is told again when it has grown, and when it is near.
alter table duty_gap
  add column told_ends_at timestamptz,
  add column near_told_at timestamptz;
update duty_gap set told_ends_at = ends_at;
alter table duty_gap alter column told_ends_at set not null;

-- Down Migration
-- No way back: restore from a backup instead.
