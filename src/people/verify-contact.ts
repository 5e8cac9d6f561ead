import { randomInt } from 'node:crypto';
import type { PoolClient } from 'pg';
import { AppError } from '../shared/app-error.ts';
import type { Clock } from '../shared/clock.ts';
import { type Pool, withTransaction } from '../shared/db.ts';
import { newId } from '../shared/ids.ts';
import { hashPassword, verifyPassword } from '../shared/password.ts';
import type { OwnedContact } from './contact-store.ts';
import {
  countTry,
  endVerification,
  insertVerification,
  readAskedBefore,
} from './verification-store.ts';

/** Writes the message that brings a code to a contact, in the transaction that notes it. */
export type SendCode = (
  tx: PoolClient,
  message: { contact: OwnedContact; code: string; expiresAt: Date; now: Date },
) => Promise<void>;

const VALID_MS = 10 * 60_000;
/** An SMS takes that long on a bad day; asking again sooner would only make two codes of one. */
const RESEND_AFTER_MS = 60_000;
const MAX_AN_HOUR = 5;
/** Of a million codes: five tries find one in 200,000 times. */
const MAX_TRIES = 5;

/**
 * Sends a six-digit code to a contact, good for ten minutes. Throws `conflict` for a contact that needs none,
 * `too_many_requests` within a minute of the last and after five in an hour.
 */
export const sendVerification = async (
  deps: { pool: Pool; clock: Clock; sendCode: SendCode },
  contact: OwnedContact,
): Promise<{ expiresAt: Date }> => {
  if (contact.verified) throw new AppError('conflict', 'this contact is verified already');
  if (contact.disabledAt !== null) {
    throw new AppError('conflict', 'this contact is disabled; enable it first');
  }
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  const codeHash = await hashPassword(code);
  const now = deps.clock.now();
  const expiresAt = new Date(now.getTime() + VALID_MS);
  const { id: contactId, personId } = contact;
  await withTransaction(deps.pool, async (tx) => {
    const { lastAt, inAnHour } = await readAskedBefore(tx, { contactId, personId, now });
    const sinceMs = lastAt === null ? Infinity : now.getTime() - lastAt.getTime();
    if (sinceMs >= 0 && sinceMs < RESEND_AFTER_MS) {
      const leftS = Math.ceil((RESEND_AFTER_MS - sinceMs) / 1000);
      throw new AppError(
        'too_many_requests',
        `a code is on its way; ask for another in ${leftS} s`,
      );
    }
    if (inAnHour >= MAX_AN_HOUR) {
      throw new AppError(
        'too_many_requests',
        `${MAX_AN_HOUR} codes were sent within an hour; ask for another later`,
      );
    }
    await insertVerification(tx, { id: newId(), contactId, personId, codeHash, now, expiresAt });
    await deps.sendCode(tx, { contact, code, expiresAt, now });
  });
  return { expiresAt };
};

/** `none`: no code is open for the contact. */
export type CodeOutcome = 'verified' | 'wrong' | 'expired' | 'too_many_tries' | 'none';

/** Whether a code is the one that was last sent to the contact; then it is verified. Every call is a try. */
export const confirmCode = async (
  { pool, clock }: { pool: Pool; clock: Clock },
  contactId: string,
  code: string,
): Promise<CodeOutcome> => {
  const open = await countTry(pool, contactId);
  if (open === undefined) return 'none';
  if (open.tries > MAX_TRIES) return 'too_many_tries';
  const now = clock.now();
  if (open.expiresAt <= now) return 'expired';
  if (!(await verifyPassword(code, open.codeHash))) return 'wrong';
  const { id } = open;
  const ended = await withTransaction(pool, (tx) => endVerification(tx, { id, contactId, now }));
  return ended ? 'verified' : 'none';
};

const CODE_FAULTS: Record<Exclude<CodeOutcome, 'verified'>, string> = {
  wrong: 'is not the code that was sent',
  expired: 'has expired; ask for a new one',
  too_many_tries: 'was tried too often; ask for a new one',
  none: 'is not asked for: no code is open for this contact; send one first',
};

/** Throws `unprocessable` that names `code` for anything but success. */
export const refuseCode = (outcome: CodeOutcome): void => {
  if (outcome === 'verified') return;
  const message = CODE_FAULTS[outcome];
  throw new AppError('unprocessable', `code ${message}`, { errors: [{ path: 'code', message }] });
};
