import type { Queryable } from '../shared/db.ts';
import { one } from '../shared/db.ts';
import { toSafeText } from '../shared/safe-json.ts';
import type { RejectCode } from './decoded.ts';
import { MAX_PAYLOAD_BYTES } from './payload.ts';

export type DeadLetterCode = RejectCode | 'internal_error';

export type DeadLetter = {
  id: string;
  receivedAt: Date;
  topic: string;
  publisher: string | null;
  code: DeadLetterCode;
  reason: string;
  payload: Buffer;
  /** Of the message; `payload` holds less when it was too large to be decoded anyway. */
  payloadBytes: number;
  replayedAt: Date | null;
  replayOutcome: string | null;
};

/** Of a payload too large to decode only the head is kept: it shows what it was, and it could not be replayed. */
const KEPT_OF_TOO_LARGE = 4_096;
const MAX_REASON = 1_000;

export type NewDeadLetter = Pick<
  DeadLetter,
  'receivedAt' | 'topic' | 'publisher' | 'code' | 'reason' | 'payload'
>;

export const insertDeadLetter = async (db: Queryable, letter: NewDeadLetter): Promise<string> => {
  const kept =
    letter.payload.length > MAX_PAYLOAD_BYTES
      ? letter.payload.subarray(0, KEPT_OF_TOO_LARGE)
      : letter.payload;
  const { rows } = await db.query<{ id: string }>(
    `insert into dead_letter (received_at, topic, publisher, code, reason, payload, payload_bytes)
     values ($1, $2, $3, $4, $5, $6, $7) returning id`,
    [
      letter.receivedAt,
      toSafeText(letter.topic).slice(0, MAX_REASON),
      letter.publisher === null ? null : toSafeText(letter.publisher),
      letter.code,
      toSafeText(letter.reason).slice(0, MAX_REASON),
      kept,
      letter.payload.length,
    ],
  );
  return one(rows).id;
};

const COLUMNS = `id, received_at as "receivedAt", topic, publisher, code, reason, payload,
  payload_bytes as "payloadBytes", replayed_at as "replayedAt", replay_outcome as "replayOutcome"`;

/** Newest first. */
export const listDeadLetters = async (
  db: Queryable,
  query: { code?: string | undefined; beforeId?: string | undefined; limit: number },
): Promise<DeadLetter[]> => {
  const { rows } = await db.query<DeadLetter>(
    `select ${COLUMNS} from dead_letter
      where ($1::text is null or code = $1) and ($2::bigint is null or id < $2)
      order by id desc limit $3`,
    [query.code ?? null, query.beforeId ?? null, query.limit],
  );
  return rows;
};

/** How many there are of each code. */
export const countDeadLetters = async (
  db: Queryable,
): Promise<{ code: string; count: number }[]> => {
  const { rows } = await db.query<{ code: string; count: number }>(
    `select code, count(*)::int as count from dead_letter group by code order by code`,
  );
  return rows;
};

export const findDeadLetter = async (
  db: Queryable,
  id: string,
): Promise<DeadLetter | undefined> => {
  const { rows } = await db.query<DeadLetter>(`select ${COLUMNS} from dead_letter where id = $1`, [
    id,
  ]);
  return rows[0];
};

export const markReplayed = async (
  db: Queryable,
  letter: { id: string; at: Date; outcome: string },
): Promise<void> => {
  await db.query(`update dead_letter set replayed_at = $2, replay_outcome = $3 where id = $1`, [
    letter.id,
    letter.at,
    toSafeText(letter.outcome).slice(0, MAX_REASON),
  ]);
};
