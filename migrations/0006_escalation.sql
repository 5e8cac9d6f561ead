-- Up Migration
-- Who is told next when nobody answers, what people answer by SMS, and what watches over both.

-- Policies entered by API; those of config/county.json are not in here.
create table policy (
  id text primary key check (id <> ''),
  body jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- One row an incident people were alerted of. The policy is kept as it was then: changing a policy does not change what
-- is under way.
create table incident_escalation (
  incident_id uuid primary key references incident (id),
  policy jsonb not null,
  -- What was seen, for the text of later steps: kind, sourceName, observedAt, receivedAt.
  seen jsonb not null,
  -- Short name of the incident in an SMS reply.
  code text not null check (code ~ '^[0-9]{3}$'),
  started_at timestamptz not null,
  -- What the steps' afterS counts from; moves when the clock was set back or a step was brought forward.
  base_at timestamptz not null,
  -- How many firings (steps and their repeats, in order of time) were made.
  fired integer not null default 0 check (fired >= 0),
  last_fired_at timestamptz,
  next_escalation_at timestamptz,
  -- Persons who answered that they cannot come.
  declined text[] not null default '{}',
  stopped_at timestamptz,
  stopped_reason text,
  check ((stopped_at is null) = (stopped_reason is null)),
  check (stopped_at is null or next_escalation_at is null)
);
create index incident_escalation_due on incident_escalation (next_escalation_at) where next_escalation_at is not null;
create index incident_escalation_code on incident_escalation (started_at);
create index incident_reported on incident (opened_at) where status = 'reported';
-- Incidents from before have no row and are not missed.
insert into app_setting (key, value) values ('escalation_since', to_jsonb(now()));

alter table notification
  add column kind text not null default 'alert' check (kind in ('alert', 'taken_over', 'reply', 'audit', 'report_due')),
  -- Which repeat of the step; of an answer to an SMS the number of that.
  add column occurrence bigint not null default 0;
alter table notification drop constraint notification_incident_id_step_person_id_channel_round_key;
alter table notification add constraint notification_once
  unique (incident_id, kind, step, occurrence, person_id, channel, round);
-- A reply's sender is written now with, now without country code: E.164 is compared from the end.
create index notification_by_phone_tail on notification (right(address, 8), created_at) where channel in ('sms', 'voice');

-- Over which channels somebody who was told of a fire also hears that another has taken it.
alter table person add column taken_over_channels text[] not null default '{app}';

-- What people write back. Stored before the provider is answered, acted upon after.
create table inbound_message (
  id bigint generated always as identity primary key,
  provider text not null,
  -- The line it came over and its number there: the same message again has both the same.
  line_id uuid not null,
  sequence_number bigint not null,
  sender text not null,
  recipient text not null,
  text text not null,
  received_at timestamptz not null,
  handled_at timestamptz,
  person_id text references person (id),
  incident_id uuid references incident (id),
  outcome text,
  unique (line_id, sequence_number),
  check ((handled_at is null) = (outcome is null))
);
create index inbound_message_waiting on inbound_message (id) where handled_at is null;
create index inbound_message_by_sender on inbound_message (sender, received_at);
create index inbound_message_by_person on inbound_message (person_id, received_at) where person_id is not null;

-- Whether a fire was reported to the authority above, and whether people were warned that the time for it runs out.
create table incident_report (
  incident_id uuid primary key references incident (id),
  warned_at timestamptz,
  reported_at timestamptz,
  reported_by text,
  reported_to text,
  check ((reported_at is null) = (reported_by is null))
);

-- Down Migration
-- No way back: restore from a backup instead.
