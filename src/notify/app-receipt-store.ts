import type { Queryable } from '../shared/db.ts';
import { uuidOf } from '../shared/ids.ts';

export type AppReceipt = {
  notificationId: string;
  /** Which app: the one on the bus (unless said otherwise), or the console in a browser. */
  provider?: 'mqtt' | 'web_push';
  personId: string;
  event: 'delivered' | 'read' | 'acknowledged';
  /** When it happened on the phone. */
  at: Date;
  receivedAt: Date;
};

export type RecordedReceipt =
  | { kind: 'recorded'; incidentId: string | null }
  | { kind: 'not_theirs' };

/** From least to most; a status never goes back. */
const APP_PROGRESS = `array['queued', 'sending', 'failed', 'cancelled', 'submitted', 'delivered', 'read', 'acknowledged']`;

/**
 * A receipt from a person's app. `not_theirs`: no such notification, or somebody else's. An `acknowledged` receipt is for
 * the caller to act on: the person takes the incident, that one alone, whatever else was in the message. The same receipt
 * again changes nothing.
 */
export const recordReceipt = async (
  db: Queryable,
  receipt: AppReceipt,
): Promise<RecordedReceipt> => {
  const { notificationId, personId, event, at, receivedAt } = receipt;
  const { rows } = await db.query<{ incident_id: string }>(
    `with named as (
       select id, incident_id, bundle_id from notification where id = $1 and person_id = $2
     ), theirs as materialized (
       select n.id from notification n where n.id in (
         select id from named
         union
         select o.id from notification o join named on o.bundle_id = named.bundle_id
         where $3 <> 'acknowledged' and o.person_id = $2)
       order by n.id for no key update
     ), kept as (
       insert into receipt (notification_id, provider, event, at, received_at)
       select id, $6, $3, $4, $5 from theirs
       where not exists (select from receipt r where r.notification_id = theirs.id and r.event = $3)
     ), moved as (
       update notification n set status = $3, finished_at = coalesce(n.finished_at, $5), claimed_until = null
       from theirs where n.id = theirs.id
         and array_position(${APP_PROGRESS}, $3::text) > array_position(${APP_PROGRESS}, n.status)
     )
     select incident_id from named`,
    [uuidOf(notificationId), personId, event, at, receivedAt, receipt.provider ?? 'mqtt'],
  );
  const row = rows[0];
  return row === undefined
    ? { kind: 'not_theirs' }
    : { kind: 'recorded', incidentId: row.incident_id };
};
