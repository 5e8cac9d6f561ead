import Type from 'typebox';
import { createSecret, hashSecret, replaceSecret } from '../devices/index.ts';
import { AppError } from '../shared/app-error.ts';
import type { Pool } from '../shared/db.ts';
import {
  AccessRoleSchema,
  ADMIN_ONLY,
  ANY_ROLE,
  PageQuery,
  pageOf,
  type RouteGroup,
  type User,
} from '../shared/http.ts';
import type { AllowedNetworks } from '../shared/outbound-address.ts';
import { maskAddress, seesAddresses } from './mask-address.ts';
import {
  CreatedPersonSchema,
  type Locale,
  NewPersonSchema,
  type Person,
  PersonChangeSchema,
  PersonSchema,
} from './person.ts';
import { findPerson, listPeople } from './person-store.ts';
import type { RegionLookup } from './region-index.ts';
import { hideSecret } from './robot-address.ts';
import { concerningRegions } from './visible-regions.ts';
import { changePerson, createPerson } from './write-person.ts';

/** As JSON, addresses masked for those who do not command. A person sees his or her own in full. */
const toJson = (person: Person, user: User) => {
  const open = seesAddresses(user.roles) || user.personId === person.id;
  return {
    ...person,
    createdAt: person.createdAt.toISOString(),
    contacts: person.contacts.map(({ channel, address, verified, disabledAt }) => ({
      channel,
      address: open ? hideSecret(channel, address) : maskAddress(channel, address),
      verified,
      ...(disabledAt === null ? {} : { disabledAt: disabledAt.toISOString() }),
    })),
  };
};

const IdParams = Type.Object({ id: Type.String({ maxLength: 64 }) });

/** `people`, `people/{id}`, `people/{id}/mqtt-secret`. */
export const personRoutes =
  (deps: {
    pool: Pool;
    regions: RegionLookup;
    defaultLocale: Locale;
    /** Networks that are not public and that a contact's URL may lead to. */
    allow?: AllowedNetworks;
  }): RouteGroup =>
  (app) => {
    const { pool, regions } = deps;

    app.get(
      '/people',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['people'],
          summary: 'People responsible for the regions you see, above or below',
          querystring: Type.Object({ ...PageQuery, role: Type.Optional(AccessRoleSchema) }),
          response: { 200: pageOf(PersonSchema) },
        },
      },
      async (request) => {
        const { limit = 50, cursor, role } = request.query;
        const concerning = concerningRegions(request.user, regions);
        const people = await listPeople(pool, {
          regionIds: concerning === null ? null : [...concerning],
          ...(role === undefined ? {} : { role }),
          ...(cursor === undefined ? {} : { after: cursor }),
          limit: limit + 1,
        });
        const items = people.slice(0, limit).map((person) => toJson(person, request.user));
        const last = items.at(-1);
        return people.length > limit && last !== undefined ? { items, next: last.id } : { items };
      },
    );

    app.get(
      '/people/:id',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['people'],
          summary: 'A person',
          params: IdParams,
          response: { 200: PersonSchema },
        },
      },
      async (request) => {
        const person = await findPerson(pool, request.params.id);
        if (person === undefined || !concerns(person, request.user)) {
          throw notFound(request.params.id);
        }
        return toJson(person, request.user);
      },
    );

    const concerns = (person: Person, user: User): boolean => {
      const concerning = concerningRegions(user, regions);
      return (
        concerning === null ||
        person.id === user.personId ||
        person.regionIds.length === 0 ||
        person.regionIds.some((id) => concerning.has(id))
      );
    };

    app.post(
      '/people',
      {
        config: { access: ADMIN_ONLY },
        schema: {
          tags: ['people'],
          summary: 'Register a person; the answer holds the app’s MQTT secret, once',
          body: NewPersonSchema,
          response: { 201: CreatedPersonSchema },
        },
      },
      async (request, reply) => {
        const { person, mqttSecret } = await createPerson(deps, request.body);
        const { username } = request.body;
        return reply.code(201).send({
          ...toJson(person, request.user),
          ...(username === undefined ? {} : { username }),
          mqttSecret,
        });
      },
    );

    app.patch(
      '/people/:id',
      {
        config: { access: ADMIN_ONLY },
        schema: {
          tags: ['people'],
          summary: 'Change a person; contacts and regionIds replace the whole list',
          params: IdParams,
          body: PersonChangeSchema,
          response: { 200: PersonSchema },
        },
      },
      async (request) =>
        toJson(await changePerson(deps, request.params.id, request.body), request.user),
    );

    app.post(
      '/people/:id/mqtt-secret',
      {
        config: { access: ADMIN_ONLY },
        schema: {
          tags: ['people'],
          summary: 'Give the person’s app a new MQTT secret; the old one no longer works',
          params: IdParams,
          response: { 200: Type.Object({ id: Type.String(), mqttSecret: Type.String() }) },
        },
      },
      async (request) => {
        const { id } = request.params;
        if ((await findPerson(pool, id)) === undefined) throw notFound(id);
        const mqttSecret = createSecret();
        await replaceSecret(pool, id, hashSecret(mqttSecret));
        return { id, mqttSecret };
      },
    );
  };

const notFound = (id: string): AppError =>
  new AppError('not_found', `person "${id}" does not exist`);
