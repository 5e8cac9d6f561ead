import type { Queryable } from '../shared/db.ts';
import type { Addressee } from './notice.ts';

/** Codes sent to a contact before: none of them goes out any more, and their digits are not kept. */
export const forgetCodes = async (
  tx: Queryable,
  { personId, channel, address }: Omit<Addressee, 'locale'>,
  now: Date,
): Promise<void> => {
  await tx.query(
    `update notification set text = regexp_replace(text, '[0-9]{6}', '******'),
       finished_at = case when status in ('queued', 'sending') then $4 else finished_at end,
       claimed_until = case when status in ('queued', 'sending') then null else claimed_until end,
       status = case when status in ('queued', 'sending') then 'cancelled' else status end
     where person_id = $1 and incident_id is null and kind = 'verification' and channel = $2 and address = $3`,
    [personId, channel, address, now],
  );
};
