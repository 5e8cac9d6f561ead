import type { Queryable } from '../../shared/db.ts';
import { toSafeText } from '../../shared/safe-json.ts';
import type { SmsPartOf } from './read-text.ts';

export type InboundPart = SmsPartOf & { provider: string; sender: string; text: string };
export type PartGroup = Pick<InboundPart, 'provider' | 'sender' | 'reference' | 'total'>;

/** References count to 256 (or 65,536) and begin anew: an older part with the same belongs to another message. */
const SAME_MESSAGE_WITHIN = `interval '1 hour'`;

/** Keeps a part; returns the texts so far, by number, of a message that was not put together before. */
export const keepPart = async (
  db: Queryable,
  { provider, sender, reference, total, part, text }: InboundPart,
  now: Date,
): Promise<Map<number, string>> => {
  const group = [provider, sender, reference, total];
  await db.query(
    `delete from inbound_part where provider = $1 and sender = $2 and reference = $3 and total = $4
       and received_at < $5::timestamptz - ${SAME_MESSAGE_WITHIN}`,
    [...group, now],
  );
  await db.query(
    `insert into inbound_part (provider, sender, reference, total, part, text, received_at)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    [...group, part, toSafeText(text), now],
  );
  return readParts(db, { provider, sender, reference, total });
};

export const readParts = async (
  db: Queryable,
  { provider, sender, reference, total }: PartGroup,
): Promise<Map<number, string>> => {
  const { rows } = await db.query<{ part: number; text: string }>(
    `select part, text from inbound_part where provider = $1 and sender = $2 and reference = $3 and total = $4
       and joined_at is null order by part`,
    [provider, sender, reference, total],
  );
  return new Map(rows.map(({ part, text }) => [part, text]));
};

/** Its parts are in an inbound message now; a copy of one that comes late is not the beginning of another. */
export const markJoined = async (
  db: Queryable,
  { provider, sender, reference, total }: PartGroup,
  now: Date,
): Promise<void> => {
  await db.query(
    `update inbound_part set joined_at = $5 where provider = $1 and sender = $2 and reference = $3 and total = $4
       and joined_at is null`,
    [provider, sender, reference, total, now],
  );
};

/** Messages whose missing part has not come since `before`. */
export const listIncomplete = async (
  db: Queryable,
  provider: string,
  before: Date,
): Promise<PartGroup[]> => {
  const { rows } = await db.query<PartGroup>(
    `select provider, sender, reference, total from inbound_part where joined_at is null and provider = $1
     group by provider, sender, reference, total having max(received_at) < $2`,
    [provider, before],
  );
  return rows;
};
