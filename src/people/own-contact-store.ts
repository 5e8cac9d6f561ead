import type { Queryable } from '../shared/db.ts';
import { one } from '../shared/db.ts';
import { newId } from '../shared/ids.ts';

/** A contact that says by its very making that it works: the person's own browser. Its id; a disabled one is used again. */
export const ensureWebPushContact = async (tx: Queryable, personId: string): Promise<string> => {
  const { rows } = await tx.query<{ id: string }>(
    `insert into contact_method (id, person_id, channel, address, verified, position)
     values ($1, $2, 'web_push', $2, true,
       (select coalesce(max(position) + 1, 0) from contact_method where person_id = $2))
     on conflict (person_id, channel, address) do update set verified = true, disabled_at = null
     returning id`,
    [newId(), personId],
  );
  return one(rows).id;
};
