import type { Queryable } from '../shared/db.ts';
import { newId } from '../shared/ids.ts';
import type { CheckedContact } from './contact-check.ts';
import type { ContactChannel, DisabledReason, Locale } from './person.ts';

/** A contact and whose it is. */
export type OwnedContact = {
  id: string;
  personId: string;
  personName: string;
  locale: Locale;
  channel: ContactChannel;
  address: string;
  verified: boolean;
  disabledAt: Date | null;
};

type Row = {
  id: string;
  person_id: string;
  person_name: string;
  locale: Locale;
  channel: ContactChannel;
  address: string;
  verified: boolean;
  disabled_at: Date | null;
};

const SELECT = `select c.id, c.person_id, p.name as person_name, p.locale, c.channel, c.address, c.verified, c.disabled_at
  from contact_method c join person p on p.id = c.person_id`;

const toOwned = ({ person_id, person_name, disabled_at, ...row }: Row): OwnedContact => ({
  ...row,
  personId: person_id,
  personName: person_name,
  disabledAt: disabled_at,
});

export const findContact = async (
  db: Queryable,
  { personId, contactId }: { personId: string; contactId: string },
): Promise<OwnedContact | undefined> => {
  const { rows } = await db.query<Row>(`${SELECT} where c.person_id = $1 and c.id::text = $2`, [
    personId,
    contactId,
  ]);
  return rows.map(toOwned)[0];
};

/** Every SMS and voice contact whose number ends so, of whomever: E.164 is compared from the end. */
export const listPhoneContacts = async (
  db: Queryable,
  lastEightDigits: string,
): Promise<OwnedContact[]> => {
  const { rows } = await db.query<Row>(
    `${SELECT} where c.channel in ('sms', 'voice') and right(c.address, 8) = $1 order by c.person_id, c.id`,
    [lastEightDigits],
  );
  return rows.map(toOwned);
};

/** False when the person has it already. */
export const insertContact = async (
  db: Queryable,
  personId: string,
  { channel, address, verified = false }: CheckedContact,
): Promise<string | undefined> => {
  const { rows } = await db.query<{ id: string }>(
    `insert into contact_method (id, person_id, channel, address, verified, position)
     values ($1, $2, $3, $4, $5, (select coalesce(max(position) + 1, 0) from contact_method where person_id = $2))
     on conflict (person_id, channel, address) do nothing returning id`,
    [newId(), personId, channel, address, verified],
  );
  return rows[0]?.id;
};

/** Ids of those this call disabled. */
export const disableContacts = async (
  db: Queryable,
  ids: readonly string[],
  { reason, now }: { reason: DisabledReason; now: Date },
): Promise<string[]> => {
  const { rows } = await db.query<{ id: string }>(
    `update contact_method set disabled_at = $2, disabled_reason = $3
     where id = any($1::uuid[]) and disabled_at is null returning id`,
    [ids, now, reason],
  );
  return rows.map(({ id }) => id);
};

/** Ids of those this call enabled; those disabled for the reason `unless` stay so. */
export const enableContacts = async (
  db: Queryable,
  ids: readonly string[],
  { unless = null }: { unless?: DisabledReason | null } = {},
): Promise<string[]> => {
  const { rows } = await db.query<{ id: string }>(
    `update contact_method set disabled_at = null, disabled_reason = null
     where id = any($1::uuid[]) and disabled_at is not null and ($2::text is null or disabled_reason is distinct from $2) returning id`,
    [ids, unless],
  );
  return rows.map(({ id }) => id);
};
