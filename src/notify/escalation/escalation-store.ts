import type { Queryable } from '../../shared/db.ts';
import type { Policy } from '../../shared/policy.ts';
import { toJsonb } from '../../shared/safe-json.ts';
import type { SeenFact } from '../alert.ts';
import type { DoneFiring } from './escalation-json.ts';
import type { EscalationState } from './plan-escalation.ts';

/** How far an incident's policy has got. One row an incident people were alerted of. */
export type Escalation = EscalationState & {
  incidentId: string;
  /** As it was when people were first alerted. */
  policy: Policy;
  seen: SeenFact;
  /** Three digits that name the incident in an SMS reply. */
  code: string;
  startedAt: Date;
  nextAt: Date | null;
  /** Persons who answered that they cannot come. */
  declined: readonly string[];
  stoppedReason: string | null;
};

type Row = {
  incident_id: string;
  policy: Policy;
  seen: Record<keyof SeenFact, string>;
  code: string;
  started_at: Date;
  base_at: Date;
  fired: number;
  last_fired_at: Date | null;
  next_escalation_at: Date | null;
  declined: string[];
  stopped_at: Date | null;
  stopped_reason: string | null;
};

const COLUMNS = `incident_id, policy, seen, code, started_at, base_at, fired, last_fired_at, next_escalation_at,
  declined, stopped_at, stopped_reason`;

const toEscalation = (row: Row): Escalation => ({
  incidentId: row.incident_id,
  policy: row.policy,
  seen: {
    kind: row.seen.kind as SeenFact['kind'],
    sourceName: row.seen.sourceName,
    observedAt: new Date(row.seen.observedAt),
    receivedAt: new Date(row.seen.receivedAt),
  },
  code: row.code,
  startedAt: row.started_at,
  baseAt: row.base_at,
  fired: row.fired,
  lastFiredAt: row.last_fired_at,
  nextAt: row.next_escalation_at,
  declined: row.declined,
  stoppedAt: row.stopped_at,
  stoppedReason: row.stopped_reason,
});

/** A code none of the incidents of the last day has; with more than 900 of them any will do: a reply then asks back. */
export const freeCode = async (tx: Queryable, now: Date): Promise<string> => {
  const { rows } = await tx.query<{ code: string }>(
    `select n::text as code from generate_series(100, 999) n
       left join (select distinct code from incident_escalation
         where started_at > $1::timestamptz - interval '1 day') used on used.code = n::text
     order by used.code is not null, random() limit 1`,
    [now],
  );
  return rows[0]?.code ?? '100';
};

export const insertEscalation = async (tx: Queryable, escalation: Escalation): Promise<void> => {
  await tx.query(
    `insert into incident_escalation (${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      escalation.incidentId,
      toJsonb(escalation.policy),
      toJsonb(escalation.seen),
      escalation.code,
      escalation.startedAt,
      escalation.baseAt,
      escalation.fired,
      escalation.lastFiredAt,
      escalation.nextAt,
      escalation.declined,
      escalation.stoppedAt,
      escalation.stoppedReason,
    ],
  );
};

export const findEscalation = async (
  db: Queryable,
  incidentId: string,
): Promise<Escalation | undefined> => {
  const { rows } = await db.query<Row>(
    `select ${COLUMNS} from incident_escalation where incident_id = $1`,
    [incidentId],
  );
  return rows.map(toEscalation)[0];
};

/** Takes an incident's row for this transaction; undefined when another has it, which then does what is due. */
export const lockEscalation = async (
  tx: Queryable,
  incidentId: string,
): Promise<Escalation | undefined> => {
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from incident_escalation where incident_id = $1 for update skip locked`,
    [incidentId],
  );
  return rows.map(toEscalation)[0];
};

/** Writes how far it has got, by compare-and-set: throws when it has moved since `before` was read. */
export const advanceEscalation = async (
  tx: Queryable,
  before: Pick<Escalation, 'incidentId' | 'fired'>,
  after: EscalationState & Pick<Escalation, 'nextAt' | 'declined'>,
): Promise<void> => {
  const { rowCount } = await tx.query(
    `update incident_escalation set base_at = $3, fired = $4, last_fired_at = $5, next_escalation_at = $6, declined = $7,
       stopped_at = $8, stopped_reason = case when $8::timestamptz is null then null else stopped_reason end
     where incident_id = $1 and fired = $2`,
    [
      before.incidentId,
      before.fired,
      after.baseAt,
      after.fired,
      after.lastFiredAt,
      after.nextAt,
      after.declined,
      after.stoppedAt,
    ],
  );
  if (rowCount !== 1) throw new Error(`the escalation of ${before.incidentId} has moved meanwhile`);
};

/** The next steps tell what was seen last. */
export const updateSeen = async (
  tx: Queryable,
  incidentId: string,
  seen: SeenFact,
): Promise<void> => {
  await tx.query('update incident_escalation set seen = $2 where incident_id = $1', [
    incidentId,
    toJsonb(seen),
  ]);
};

/** True when this call stopped it. */
export const markStopped = async (
  tx: Queryable,
  incidentId: string,
  { now, reason }: { now: Date; reason: string },
): Promise<boolean> => {
  const { rowCount } = await tx.query(
    `update incident_escalation set stopped_at = $2, stopped_reason = $3, next_escalation_at = null
     where incident_id = $1 and stopped_at is null`,
    [incidentId, now, reason],
  );
  return rowCount === 1;
};

/**
 * Incidents whose escalation wants something done: a firing is due, the clock was put back behind the last one, or it was
 * stopped and its incident is open again (a merge was undone).
 */
export const listDueEscalations = async (
  db: Queryable,
  now: Date,
  limit: number,
): Promise<string[]> => {
  const { rows } = await db.query<{ incident_id: string }>(
    `(select incident_id from incident_escalation
       where next_escalation_at is not null and (next_escalation_at <= $1
         or coalesce(last_fired_at, base_at) > $1::timestamptz + interval '1 second')
       order by next_escalation_at limit $2)
     union all
     (select e.incident_id from incident i join incident_escalation e on e.incident_id = i.id
       where i.status = 'reported' and e.stopped_at is not null limit $2)`,
    [now, limit],
  );
  return rows.map((row) => row.incident_id);
};

export const nextEscalationAt = async (db: Queryable): Promise<Date | null> => {
  const { rows } = await db.query<{ at: Date | null }>(
    'select min(next_escalation_at) as at from incident_escalation where next_escalation_at is not null',
  );
  return rows[0]?.at ?? null;
};

/** Persons an alert of the incident has been written for. */
export const listToldPersons = async (
  tx: Queryable,
  incidentId: string,
  round: number,
): Promise<Set<string>> => {
  const { rows } = await tx.query<{ person_id: string }>(
    `select distinct person_id from notification where incident_id = $1 and kind = 'alert' and round = $2`,
    [incidentId, round],
  );
  return new Set(rows.map((row) => row.person_id));
};

/** When each firing was made and whom it told, by the timeline and the notifications it wrote. */
export const listDoneFirings = async (db: Queryable, incidentId: string): Promise<DoneFiring[]> => {
  const { rows } = await db.query<{
    step: number;
    occurrence: number;
    at: Date;
    person_ids: string[];
  }>(
    `select distinct on (step, occurrence) (v.data ->> 'step')::int as step,
       (v.data ->> 'occurrence')::int as occurrence, v.at,
       array(select distinct n ->> 'personId' from jsonb_array_elements(v.data -> 'notifications') n) as person_ids
     from incident_event v
     where v.incident_id = $1 and (v.type = 'escalated'
       or v.type in ('notified', 'nobody_to_notify') and (v.data ->> 'fired')::int > 0)
     order by step, occurrence, v.id`,
    [incidentId],
  );
  return rows.map(({ person_ids: personIds, ...row }) => ({ ...row, personIds }));
};

/** False when there is no such person. */
export const setTakenOverChannels = async (
  db: Queryable,
  personId: string,
  channels: readonly string[],
): Promise<boolean> => {
  const { rowCount } = await db.query(
    'update person set taken_over_channels = $2, updated_at = now() where id = $1',
    [personId, channels],
  );
  return rowCount === 1;
};
