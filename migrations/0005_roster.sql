-- Up Migration
-- Who is on duty: rotations that repeat, exceptions from them, and the gaps that were found.

-- A layer of a region's roster: slots take turns of days_per_turn days, from handover to handover by the wall clock.
create table roster (
  id uuid primary key,
  region_id text not null references region (id),
  name text not null check (name <> ''),
  time_zone text not null,
  handover text not null check (handover ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  days_per_turn integer not null check (days_per_turn between 1 and 366),
  starts_on date not null,
  -- The last turn ends at the handover of this day; null goes on.
  ends_on date,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (region_id, name),
  check (ends_on > starts_on)
);
create table roster_member (
  roster_id uuid not null references roster (id) on delete cascade,
  slot integer not null check (slot >= 0),
  position integer not null check (position >= 0),
  person_id text not null references person (id),
  primary key (roster_id, slot, position),
  unique (roster_id, slot, person_id)
);

-- person_id is on duty instead of instead_of wherever the latter has a turn or a shift in the region.
create table duty_override (
  id uuid primary key,
  region_id text not null references region (id),
  person_id text not null references person (id),
  instead_of text not null references person (id),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  reason text,
  created_by text not null,
  created_at timestamptz not null default now(),
  check (ends_at > starts_at),
  check (person_id <> instead_of)
);
create index duty_override_by_region on duty_override (region_id, ends_at);

-- A person on leave is not on duty anywhere.
create table person_leave (
  id uuid primary key,
  person_id text not null references person (id) on delete cascade,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  reason text,
  created_by text not null,
  created_at timestamptz not null default now(),
  check (ends_at > starts_at)
);
create index person_leave_by_end on person_leave (ends_at);

-- A gap is told of once; filled_at is set when it is gone, and cleared when it comes back.
create table duty_gap (
  region_id text not null references region (id) on delete cascade,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  warned_at timestamptz not null,
  filled_at timestamptz,
  primary key (region_id, starts_at),
  check (ends_at > starts_at)
);

-- Shifts of an imported month are replaced when the month is imported again; those entered one by one stay.
alter table shift add column imported_month date check (extract(day from imported_month) = 1);
create index shift_imported on shift (region_id, imported_month) where imported_month is not null;
-- Who is on duty is asked by region, in the transaction of every new incident.
create index shift_by_region on shift (region_id, ends_at);
