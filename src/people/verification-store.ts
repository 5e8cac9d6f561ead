import type { Queryable } from '../shared/db.ts';

export type NewVerification = {
  id: string;
  contactId: string;
  personId: string;
  codeHash: string;
  now: Date;
  expiresAt: Date;
};

/** Takes the place of a code sent to the contact before, which is good for nothing from then on. */
export const insertVerification = async (
  tx: Queryable,
  { id, contactId, personId, codeHash, now, expiresAt }: NewVerification,
): Promise<void> => {
  await tx.query(
    'update contact_verification set ended_at = $2 where contact_id = $1 and ended_at is null',
    [contactId, now],
  );
  await tx.query(
    `insert into contact_verification (id, contact_id, person_id, code_hash, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [id, contactId, personId, codeHash, now, expiresAt],
  );
};

export type AskedBefore = {
  /** When the contact was last sent a code. */
  lastAt: Date | null;
  /** How many codes the person was sent in the hour before. */
  inAnHour: number;
};

/** Locks the person, so that of two requests at once the second sees the first. */
export const readAskedBefore = async (
  tx: Queryable,
  { contactId, personId, now }: { contactId: string; personId: string; now: Date },
): Promise<AskedBefore> => {
  await tx.query('select from person where id = $1 for no key update', [personId]);
  const { rows } = await tx.query<{ last_at: Date | null; in_an_hour: number }>(
    `select max(created_at) filter (where contact_id = $1) as last_at,
       count(*) filter (where created_at > $3::timestamptz - interval '1 hour')::int as in_an_hour
     from contact_verification where person_id = $2`,
    [contactId, personId, now],
  );
  const { last_at: lastAt = null, in_an_hour: inAnHour = 0 } = rows[0] ?? {};
  return { lastAt, inAnHour };
};

export type OpenVerification = { id: string; codeHash: string; tries: number; expiresAt: Date };

/** The code that was last sent to the contact, with this try counted; undefined when none is open. */
export const countTry = async (
  db: Queryable,
  contactId: string,
): Promise<OpenVerification | undefined> => {
  const { rows } = await db.query<{
    id: string;
    code_hash: string;
    tries: number;
    expires_at: Date;
  }>(
    `update contact_verification set tries = tries + 1 where contact_id = $1 and ended_at is null
     returning id, code_hash, tries, expires_at`,
    [contactId],
  );
  return rows.map(({ code_hash, expires_at, ...row }) => {
    return { ...row, codeHash: code_hash, expiresAt: expires_at };
  })[0];
};

/** The contact is proven. False when another was faster, or a newer code was sent. */
export const endVerification = async (
  tx: Queryable,
  { id, contactId, now }: { id: string; contactId: string; now: Date },
): Promise<boolean> => {
  const { rowCount } = await tx.query(
    'update contact_verification set ended_at = $2 where id = $1 and ended_at is null',
    [id, now],
  );
  if (rowCount !== 1) return false;
  await tx.query('update contact_method set verified = true, verified_at = $2 where id = $1', [
    contactId,
    now,
  ]);
  return true;
};
