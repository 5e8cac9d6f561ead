import Type from 'typebox';
import { AppError } from '../shared/app-error.ts';
import type { Clock } from '../shared/clock.ts';
import type { Pool } from '../shared/db.ts';
import { ANY_ROLE, DateTimeSchema, type RouteGroup, type User } from '../shared/http.ts';
import type { AllowedNetworks } from '../shared/outbound-address.ts';
import { type CheckedContact, checkContacts } from './contact-check.ts';
import {
  disableContacts,
  enableContacts,
  findContact,
  insertContact,
  type OwnedContact,
} from './contact-store.ts';
import {
  type ContactChannel,
  type NewContact,
  NewContactSchema,
  type Person,
  PersonSchema,
} from './person.ts';
import { personJson } from './person-json.ts';
import { findPerson } from './person-store.ts';
import { refuseFields } from './refuse-fields.ts';
import { confirmCode, refuseCode, type SendCode, sendVerification } from './verify-contact.ts';

const PersonParams = Type.Object({ id: Type.String({ maxLength: 64 }) });
const ContactParams = Type.Object({
  id: Type.String({ maxLength: 64 }),
  contactId: Type.String({ maxLength: 64 }),
});

/** What people may enter for themselves; where a URL leads is for an admin to judge. */
const OWN_CHANNELS: readonly ContactChannel[] = ['sms', 'voice', 'email', 'app'];

export type ContactRoutesDeps = {
  pool: Pool;
  clock: Clock;
  sendCode: SendCode;
  allow: AllowedNetworks;
};

/** `people/{id}/contacts…`: for oneself, or by an admin. Each answers with the person. */
export const contactRoutes =
  (deps: ContactRoutesDeps): RouteGroup =>
  (app) => {
    const { pool, clock } = deps;

    const stored = async (id: string): Promise<Person> => {
      const person = await findPerson(pool, id);
      if (person === undefined) throw new AppError('not_found', `person "${id}" does not exist`);
      return person;
    };
    const contactOf = async (
      { id, contactId }: { id: string; contactId: string },
      user: User,
    ): Promise<OwnedContact> => {
      const contact = await findContact(pool, { personId: id, contactId });
      if (contact !== undefined) {
        assertMay(user, id);
        return contact;
      }
      throw new AppError('not_found', `person "${id}" has no contact "${contactId}"`);
    };

    app.post(
      '/people/:id/contacts',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['people'],
          summary: 'Add a contact; only an admin may say that it is verified',
          description:
            'For oneself (sms, voice, email, app), or by an admin. 409 when it is there.',
          params: PersonParams,
          body: NewContactSchema,
          response: { 201: PersonSchema },
        },
      },
      async ({ params: { id }, body, user }, reply) => {
        assertMay(user, id);
        refuseFields(isAdmin(user) ? [] : ownFaults(body));
        await stored(id);
        const contact = checked(body, id, deps.allow);
        if ((await insertContact(pool, id, contact)) === undefined) {
          throw new AppError('conflict', `${contact.channel} ${contact.address} is there already`, {
            errors: [{ path: 'address', message: 'is there already' }],
          });
        }
        return reply.code(201).send(personJson(await stored(id), user));
      },
    );

    app.post(
      '/people/:id/contacts/:contactId/verification',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['people'],
          summary: 'Send a six-digit code to a contact; it proves whose it is',
          description:
            'Good for ten minutes. 429 within a minute of the last, and after five codes in an hour. A code that came by SMS may also be sent back by SMS.',
          params: ContactParams,
          response: { 202: Type.Object({ contactId: Type.String(), expiresAt: DateTimeSchema }) },
        },
      },
      async ({ params, user }, reply) => {
        const contact = await contactOf(params, user);
        const { expiresAt } = await sendVerification(deps, contact);
        return reply.code(202).send({ contactId: contact.id, expiresAt: expiresAt.toISOString() });
      },
    );

    app.post(
      '/people/:id/contacts/:contactId/verification/confirm',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['people'],
          summary: 'Enter the code that came; the contact is verified',
          description:
            '422 when it is not the code, is older than ten minutes, or at the sixth try.',
          params: ContactParams,
          body: Type.Object(
            { code: Type.String({ minLength: 1, maxLength: 20 }) },
            { additionalProperties: false },
          ),
          response: { 200: PersonSchema },
        },
      },
      async ({ params, body, user }) => {
        const { id } = await contactOf(params, user);
        refuseCode(await confirmCode(deps, id, body.code.normalize('NFKC').replaceAll(/\s/g, '')));
        return personJson(await stored(params.id), user);
      },
    );

    app.post(
      '/people/:id/contacts/:contactId/disable',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['people'],
          summary: 'No more messages to a contact; `warnings` says when nothing is left',
          params: ContactParams,
          response: { 200: PersonSchema },
        },
      },
      async ({ params, user }) => {
        const { id } = await contactOf(params, user);
        const reason = user.personId === params.id ? 'self' : 'admin';
        await disableContacts(pool, [id], { reason, now: clock.now() });
        return personJson(await stored(params.id), user);
      },
    );

    app.post(
      '/people/:id/contacts/:contactId/enable',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['people'],
          summary: 'Messages to a contact again',
          description: 'Also after STOP from that phone: ask whose it is before.',
          params: ContactParams,
          response: { 200: PersonSchema },
        },
      },
      async ({ params, user }) => {
        const { id } = await contactOf(params, user);
        await enableContacts(pool, [id]);
        return personJson(await stored(params.id), user);
      },
    );
  };

const isAdmin = ({ roles }: User): boolean => roles.includes('admin');

const assertMay = (user: User, personId: string): void => {
  if (user.personId === personId || isAdmin(user)) return;
  throw new AppError('forbidden', 'only an admin changes contacts of others');
};

/** Normalised; throws `unprocessable` that names the field. */
const checked = (contact: NewContact, personId: string, allow: AllowedNetworks): CheckedContact => {
  const result = checkContacts([contact], personId, allow);
  const [found] = result.ok ? result.contacts : [];
  if (found !== undefined) return found;
  const faults = result.ok ? [] : result.errors;
  const errors = faults.map(({ path, message }) => ({
    path: path.replace(/^contacts\[0\]\.?/, ''),
    message,
  }));
  const list = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new AppError('unprocessable', list, { errors });
};

const ownFaults = ({ channel, verified }: { channel: ContactChannel; verified?: boolean }) => [
  ...(OWN_CHANNELS.includes(channel)
    ? []
    : [{ path: 'channel', message: `${channel} is entered by an admin` }]),
  ...(verified === true
    ? [{ path: 'verified', message: 'is for an admin to say; ask for a code instead' }]
    : []),
];
