import Type from 'typebox';
import { AppError } from '../../shared/app-error.ts';
import type { Clock } from '../../shared/clock.ts';
import { type Pool, withTransaction } from '../../shared/db.ts';
import {
  ANY_ROLE,
  COMMAND_ROLES,
  PageQuery,
  pageOf,
  type RouteGroup,
  type User,
} from '../../shared/http.ts';
import { newId } from '../../shared/ids.ts';
import type { Person } from '../person.ts';
import { listPeopleByIds, missingRegionIds } from '../person-store.ts';
import { refuseFields } from '../refuse-fields.ts';
import type { RegionLookup } from '../region-index.ts';
import { assertSees, concerningRegions } from '../visible-regions.ts';
import {
  NewRosterSchema,
  type Roster,
  RosterChangeSchema,
  RosterSchema,
  WrittenRosterSchema,
} from './roster.ts';
import { checkRoster, rosterWarnings } from './roster-check.ts';
import { rosterOverlaps } from './roster-overlap.ts';
import {
  deleteRoster,
  findRoster,
  insertRoster,
  listRosters,
  updateRoster,
} from './roster-store.ts';

const IdParams = Type.Object({ id: Type.String({ format: 'uuid' }) });

/** More than any region keeps: of these each new one is compared with the others. */
const MAX_ROSTERS_OF_REGION = 100;

export type RosterRoutesDeps = {
  pool: Pool;
  regions: RegionLookup;
  clock: Clock;
  timeZone: string;
};

/** `rosters`: rotations that repeat; several in one region add to each other. */
export const rosterRoutes =
  ({ pool, regions, clock, timeZone }: RosterRoutesDeps): RouteGroup =>
  (app) => {
    app.get(
      '/rosters',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['people'],
          summary: 'Rosters of the regions you see, and of those above',
          querystring: Type.Object({ ...PageQuery, regionId: Type.Optional(Type.String()) }),
          response: { 200: pageOf(RosterSchema) },
        },
      },
      async ({ query: { limit = 50, cursor, regionId }, user }) => {
        const concerning = concerningRegions(user, regions);
        const asked = regionId === undefined ? null : [regionId];
        const rosters = await listRosters(pool, {
          regionIds:
            concerning === null
              ? asked
              : (asked ?? [...concerning]).filter((id) => concerning.has(id)),
          ...(cursor === undefined ? {} : { after: parseCursor(cursor) }),
          limit: limit + 1,
        });
        const items = rosters.slice(0, limit);
        const last = items.at(-1);
        return rosters.length > limit && last !== undefined ? { items, next: last.id } : { items };
      },
    );

    app.get(
      '/rosters/:id',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['people'],
          summary: 'A roster',
          params: IdParams,
          response: { 200: WrittenRosterSchema },
        },
      },
      async ({ params: { id }, user }) => {
        const roster = await findRoster(pool, id);
        const concerning = concerningRegions(user, regions);
        if (roster === undefined || concerning?.has(roster.regionId) === false) throw notFound(id);
        return withWarnings(roster, await peopleOf(roster));
      },
    );

    app.post(
      '/rosters',
      {
        config: { access: COMMAND_ROLES },
        schema: {
          tags: ['people'],
          summary: 'Make a roster; `warnings` names persons who cannot be told',
          description:
            '422 names each wrong field, and who is on duty in another roster of the region at the same time.',
          body: NewRosterSchema,
          response: { 201: WrittenRosterSchema },
        },
      },
      async ({ body, user }, reply) => {
        const roster = { id: newId(), timeZone, daysPerTurn: 1, endsOn: null, ...body };
        const people = await check(roster, user);
        const isNew = await withTransaction(pool, (tx) => insertRoster(tx, roster));
        if (!isNew) throw nameTaken(roster);
        return reply.code(201).send(withWarnings(roster, people));
      },
    );

    app.patch(
      '/rosters/:id',
      {
        config: { access: COMMAND_ROLES },
        schema: {
          tags: ['people'],
          summary: 'Change a roster; the rotation is replaced as a whole',
          params: IdParams,
          body: RosterChangeSchema,
          response: { 200: WrittenRosterSchema },
        },
      },
      async ({ params: { id }, body, user }) => {
        const current = await findRoster(pool, id);
        if (current === undefined) throw notFound(id);
        assertSees(user, regions, current.regionId);
        const roster = { ...current, ...body };
        const people = await check(roster, user);
        const isFree = await withTransaction(pool, (tx) => updateRoster(tx, roster));
        if (!isFree) throw nameTaken(roster);
        return withWarnings(roster, people);
      },
    );

    app.delete(
      '/rosters/:id',
      {
        config: { access: COMMAND_ROLES },
        schema: {
          tags: ['people'],
          summary: 'Delete a roster; to end one, set its endsOn',
          params: IdParams,
          response: { 204: Type.Null() },
        },
      },
      async ({ params: { id }, user }, reply) => {
        const roster = await findRoster(pool, id);
        if (roster === undefined) throw notFound(id);
        assertSees(user, regions, roster.regionId);
        await deleteRoster(pool, id);
        return reply.code(204).send(null);
      },
    );

    const peopleOf = async ({ rotation }: Roster): Promise<Map<string, Person>> => {
      const people = await listPeopleByIds(pool, rotation.flat());
      return new Map(people.map((person) => [person.id, person]));
    };

    const check = async (roster: Roster, user: User): Promise<Map<string, Person>> => {
      const people = await peopleOf(roster);
      const regionExists = (await missingRegionIds(pool, [roster.regionId])).size === 0;
      refuseFields(checkRoster(roster, { people, regionExists }));
      assertSees(user, regions, roster.regionId);
      const others = await listRosters(pool, {
        regionIds: [roster.regionId],
        limit: MAX_ROSTERS_OF_REGION,
      });
      // One of the same name is a conflict by itself.
      const rest = others.filter(({ name }) => name !== roster.name);
      refuseFields(rosterOverlaps(roster, rest, clock.now()));
      return people;
    };
  };

const withWarnings = (roster: Roster, people: ReadonlyMap<string, Person>) => ({
  ...roster,
  warnings: rosterWarnings(roster, people),
});

const parseCursor = (cursor: string): string => {
  if (/^[0-9a-f-]{36}$/.test(cursor)) return cursor;
  throw new AppError('bad_request', 'cursor is not one that this list gave out');
};

const notFound = (id: string): AppError =>
  new AppError('not_found', `roster "${id}" does not exist`);

const nameTaken = ({ name, regionId }: Roster): AppError =>
  new AppError('conflict', `region "${regionId}" has a roster "${name}" already`, {
    errors: [{ path: 'name', message: 'is taken in this region; choose another' }],
  });
