import { randomInt } from 'node:crypto';
import { createSecret, hashSecret, insertCredential } from '../devices/index.ts';
import { AppError } from '../shared/app-error.ts';
import type { Pool, Queryable } from '../shared/db.ts';
import { withTransaction } from '../shared/db.ts';
import type { AllowedNetworks } from '../shared/outbound-address.ts';
import { hashPassword } from '../shared/password.ts';
import { type CheckedContact, checkContacts } from './contact-check.ts';
import type { Locale, NewContact, NewPerson, Person, PersonChange } from './person.ts';
import {
  findPerson,
  insertAccount,
  insertPerson,
  missingRegionIds,
  replaceContacts,
  replaceRegions,
  updatePerson,
} from './person-store.ts';
import { keepSecrets } from './robot-address.ts';

type FieldError = { path: string; message: string };

/** Without 0/o, 1/i/l: an id is read out over the radio and typed into a phone. 31^8 ≈ 8.5 × 10^11 of them. */
const ID_ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
const newPersonId = (): string =>
  `p-${Array.from({ length: 8 }, () => ID_ALPHABET[randomInt(ID_ALPHABET.length)]).join('')}`;

export type CreatedPerson = { person: Person; mqttSecret: string };

/**
 * Stores a person with contacts, regions, the app's MQTT login (its secret is returned once) and, when given, a console
 * account. Throws `unprocessable` naming each wrong field, `conflict` when the user name is taken.
 */
export const createPerson = async (
  deps: { pool: Pool; defaultLocale: Locale; allow?: AllowedNetworks },
  body: NewPerson,
): Promise<CreatedPerson> => {
  const id = newPersonId();
  const { username, password } = body;
  const errors: FieldError[] = [];
  if ((username === undefined) !== (password === undefined)) {
    const missing = username === undefined ? 'username' : 'password';
    errors.push({ path: missing, message: 'username and password go together' });
  }
  const passwordHash = password === undefined ? undefined : await hashPassword(password);
  const mqttSecret = createSecret();
  const person = await withTransaction(deps.pool, async (tx) => {
    const contacts = await checkFields(tx, {
      ...body,
      personId: id,
      errors,
      allow: deps.allow ?? [],
    });
    const { name, roles, regionIds, locale = deps.defaultLocale } = body;
    await storePerson(tx, { id, name, roles, locale, regionIds, contacts, mqttSecret });
    if (username !== undefined && passwordHash !== undefined) {
      const account = { username, passwordHash, personId: id, roles };
      if (!(await insertAccount(tx, account))) throw usernameTaken(username);
    }
    return stored(await findPerson(tx, id));
  });
  return { person, mqttSecret };
};

export type PersonToStore = Pick<Person, 'name' | 'roles' | 'locale' | 'regionIds'> & {
  /** Made up when left out. */
  id?: string;
  contacts: readonly CheckedContact[];
  mqttSecret: string;
};

/** Stores a person whose fields have been checked, with the app's MQTT login. */
export const storePerson = async (
  tx: Queryable,
  { id = newPersonId(), mqttSecret, regionIds, contacts, ...person }: PersonToStore,
): Promise<{ id: string }> => {
  await insertCredential(tx, { id, owner: 'person', secretHash: hashSecret(mqttSecret) });
  await insertPerson(tx, { ...person, id, name: person.name.trim() });
  await replaceRegions(tx, id, regionIds);
  await replaceContacts(tx, id, contacts);
  return { id };
};

const usernameTaken = (username: string): AppError =>
  new AppError('conflict', `user name "${username}" is taken`, {
    errors: [{ path: 'username', message: 'is taken; choose another' }],
  });

/** Changes what is given; contacts and regions are replaced as whole lists. Throws `not_found`. */
export const changePerson = async (
  { pool, allow = [] }: { pool: Pool; allow?: AllowedNetworks },
  id: string,
  change: PersonChange,
): Promise<Person> =>
  withTransaction(pool, async (tx) => {
    const current = await findPerson(tx, id);
    if (current === undefined) throw new AppError('not_found', `person "${id}" does not exist`);
    const contacts = await checkFields(tx, {
      regionIds: change.regionIds ?? [],
      contacts: keepSecrets(change.contacts ?? [], current.contacts),
      personId: id,
      errors: [],
      allow,
    });
    await updatePerson(tx, {
      id,
      name: change.name?.trim() ?? current.name,
      roles: change.roles ?? current.roles,
      locale: change.locale ?? current.locale,
    });
    if (change.regionIds !== undefined) await replaceRegions(tx, id, change.regionIds);
    if (change.contacts !== undefined) await replaceContacts(tx, id, contacts);
    return stored(await findPerson(tx, id));
  });

const stored = (person: Person | undefined): Person => {
  if (person === undefined) throw new Error('the person just written cannot be read');
  return person;
};

const checkFields = async (
  tx: Queryable,
  input: {
    regionIds: readonly string[];
    contacts: readonly NewContact[];
    personId: string;
    errors: readonly FieldError[];
    allow: AllowedNetworks;
  },
): Promise<CheckedContact[]> => {
  const missing = await missingRegionIds(tx, input.regionIds);
  const regionErrors = input.regionIds.flatMap((regionId, index) =>
    missing.has(regionId)
      ? [{ path: `regionIds[${index}]`, message: `region "${regionId}" does not exist; import it` }]
      : [],
  );
  const contacts = checkContacts(input.contacts, input.personId, input.allow);
  const errors = [...input.errors, ...regionErrors, ...(contacts.ok ? [] : contacts.errors)];
  if (errors.length > 0 || !contacts.ok) {
    const list = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
    throw new AppError('unprocessable', list, { errors });
  }
  return contacts.contacts;
};
