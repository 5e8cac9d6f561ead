import type { Queryable } from '../shared/db.ts';
import type { AccessRole } from '../shared/http.ts';
import { newId } from '../shared/ids.ts';
import type { CheckedContact } from './contact-check.ts';
import type { ContactChannel, DisabledReason, Locale, Person } from './person.ts';

type ContactRow = {
  id: string;
  channel: ContactChannel;
  address: string;
  verified: boolean;
  disabledAt: string | null;
  disabledReason: DisabledReason | null;
};
type PersonRow = {
  id: string;
  name: string;
  roles: AccessRole[];
  locale: Locale;
  created_at: Date;
  region_ids: string[];
  contacts: ContactRow[];
};

const SELECT = `select p.id, p.name, p.roles, p.locale, p.created_at,
    array(select region_id from person_region r where r.person_id = p.id order by region_id) as region_ids,
    coalesce((select json_agg(json_build_object('id', c.id, 'channel', c.channel, 'address', c.address,
        'verified', c.verified, 'disabledAt', c.disabled_at, 'disabledReason', c.disabled_reason) order by c.position, c.id)
      from contact_method c where c.person_id = p.id), '[]') as contacts
  from person p`;

const toPerson = (row: PersonRow): Person => ({
  id: row.id,
  name: row.name,
  roles: row.roles,
  regionIds: row.region_ids,
  locale: row.locale,
  contacts: row.contacts.map(({ disabledReason, disabledAt, ...contact }) => ({
    ...contact,
    disabledAt: disabledAt === null ? null : new Date(disabledAt),
    ...(disabledReason === null ? {} : { disabledReason }),
  })),
  createdAt: row.created_at,
});

export const findPerson = async (db: Queryable, id: string): Promise<Person | undefined> => {
  const { rows } = await db.query<PersonRow>(`${SELECT} where p.id = $1`, [id]);
  return rows.map(toPerson)[0];
};

export const listPeopleByIds = async (db: Queryable, ids: readonly string[]): Promise<Person[]> => {
  const { rows } = await db.query<PersonRow>(`${SELECT} where p.id = any($1) order by p.id`, [ids]);
  return rows.map(toPerson);
};

/** Everybody with one of the roles. */
export const listPeopleByRole = async (
  db: Queryable,
  roles: readonly AccessRole[],
): Promise<Person[]> => {
  const { rows } = await db.query<PersonRow>(
    `${SELECT} where p.roles && $1::text[] order by p.id`,
    [roles],
  );
  return rows.map(toPerson);
};

/** Everybody with a contact that may be used (see `isReachable`). */
export const listReachableIds = async (db: Queryable): Promise<Set<string>> => {
  const { rows } = await db.query<{ person_id: string }>(
    'select distinct person_id from contact_method where disabled_at is null',
  );
  return new Set(rows.map((row) => row.person_id));
};

export type PeopleFilter = {
  /** Null = every region. People without a region are listed to everybody. */
  regionIds: readonly string[] | null;
  role?: AccessRole;
  /** Whether the person has a contact that may be used (see `isReachable`). */
  reachable?: boolean;
  /** Whether a phone of the person has sent STOP. */
  stopped?: boolean;
  after?: string;
  limit: number;
};

export const listPeople = async (db: Queryable, filter: PeopleFilter): Promise<Person[]> => {
  const { rows } = await db.query<PersonRow>(
    `${SELECT}
     where ($1::text[] is null
         or exists (select from person_region r where r.person_id = p.id and r.region_id = any($1))
         or not exists (select from person_region r where r.person_id = p.id))
       and ($2::text is null or $2 = any(p.roles)) and ($3::text is null or p.id > $3)
       and ($5::boolean is null or $5 = exists (select from contact_method c
         where c.person_id = p.id and c.disabled_at is null))
       and ($6::boolean is null or $6 = exists (select from contact_method c
         where c.person_id = p.id and c.disabled_reason = 'stop'))
     order by p.id limit $4`,
    [
      filter.regionIds,
      filter.role ?? null,
      filter.after ?? null,
      filter.limit,
      filter.reachable ?? null,
      filter.stopped ?? null,
    ],
  );
  return rows.map(toPerson);
};

export type PersonRecord = Pick<Person, 'id' | 'name' | 'roles' | 'locale'>;

export const insertPerson = async (tx: Queryable, person: PersonRecord): Promise<void> => {
  await tx.query('insert into person (id, name, roles, locale) values ($1, $2, $3, $4)', [
    person.id,
    person.name,
    person.roles,
    person.locale,
  ]);
};

export const updatePerson = async (tx: Queryable, person: PersonRecord): Promise<void> => {
  await tx.query(
    'update person set name = $2, roles = $3, locale = $4, updated_at = now() where id = $1',
    [person.id, person.name, person.roles, person.locale],
  );
  // What a person may do in the console follows what the person is.
  await tx.query('update account set roles = $2 where person_id = $1', [person.id, person.roles]);
};

export const replaceRegions = async (
  tx: Queryable,
  personId: string,
  regionIds: readonly string[],
): Promise<void> => {
  await tx.query('delete from person_region where person_id = $1', [personId]);
  await tx.query('insert into person_region (person_id, region_id) select $1, unnest($2::text[])', [
    personId,
    regionIds,
  ]);
};

/** A contact that stays keeps its id, whether it was disabled and, unless stated anew, whether it is verified. */
export const replaceContacts = async (
  tx: Queryable,
  personId: string,
  contacts: readonly CheckedContact[],
): Promise<void> => {
  const keys = contacts.map(({ channel, address }) => `${channel} ${address}`);
  await tx.query(
    `delete from contact_method where person_id = $1 and not (channel || ' ' || address = any($2))`,
    [personId, keys],
  );
  for (const [position, contact] of contacts.entries()) {
    await tx.query(
      `insert into contact_method (id, person_id, channel, address, verified, position)
       values ($1, $2, $3, $4, coalesce($5, false), $6)
       on conflict (person_id, channel, address) do update
         set verified = coalesce($5, contact_method.verified), position = excluded.position`,
      [newId(), personId, contact.channel, contact.address, contact.verified ?? null, position],
    );
  }
};

export const missingRegionIds = async (
  db: Queryable,
  regionIds: readonly string[],
): Promise<Set<string>> => {
  const { rows } = await db.query<{ id: string }>(
    'select w.id from unnest($1::text[]) as w (id) where not exists (select from region r where r.id = w.id)',
    [regionIds],
  );
  return new Set(rows.map((row) => row.id));
};

/** False when the user name is taken. */
export const insertAccount = async (
  tx: Queryable,
  account: { username: string; passwordHash: string; personId: string; roles: AccessRole[] },
): Promise<boolean> => {
  const { rowCount } = await tx.query(
    `insert into account (id, username, password_hash, person_id, roles) values ($1, $2, $3, $4, $5)
     on conflict (username) do nothing`,
    [newId(), account.username, account.passwordHash, account.personId, account.roles],
  );
  return rowCount === 1;
};
