import Type from 'typebox';
import { AppError } from '../../shared/app-error.ts';
import { ANY_ROLE, actorOf, COMMAND_ROLES, type RouteGroup, type User } from '../../shared/http.ts';
import { newId } from '../../shared/ids.ts';
import { parseTime } from '../parse-time.ts';
import type { Person } from '../person.ts';
import { findPerson, listPeopleByIds } from '../person-store.ts';
import { refuseFields } from '../refuse-fields.ts';
import { concerningRegions, visibleRegions } from '../visible-regions.ts';
import { deleteLeave, findLeave, insertLeave, listLeavesBetween } from './leave-store.ts';
import type { ExceptionRoutesDeps } from './override-routes.ts';
import { type Leave, LeaveSchema, NewLeaveSchema } from './roster.ts';
import { parseWindow, WindowQuery } from './window.ts';

/** Why somebody is away is for those who run the roster. */
const toJson = ({ reason, from, to, ...leave }: Leave, { roles }: User) => ({
  ...leave,
  from: from.toISOString(),
  to: to.toISOString(),
  ...(reason === null || !roles.some((role) => COMMAND_ROLES.includes(role)) ? {} : { reason }),
});

/** `duty/leaves`: when a person is not on duty anywhere. */
export const leaveRoutes =
  ({ pool, regions, clock }: ExceptionRoutesDeps): RouteGroup =>
  (app) => {
    app.get(
      '/duty/leaves',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['people'],
          summary: 'Leave within `from`–`to`; by default that of the next 31 days',
          querystring: Type.Object({ ...WindowQuery, personId: Type.Optional(Type.String()) }),
          response: { 200: Type.Object({ items: Type.Array(LeaveSchema) }) },
        },
      },
      async ({ query, user }) => {
        const window = parseWindow(query, { now: clock.now(), days: 31 });
        const asked = (await listLeavesBetween(pool, window)).filter(
          ({ personId }) => query.personId === undefined || personId === query.personId,
        );
        const people = await listPeopleByIds(
          pool,
          asked.map(({ personId }) => personId),
        );
        const seen = new Set(people.filter((person) => concerns(person, user)).map(({ id }) => id));
        const leaves = asked.filter(({ personId }) => seen.has(personId));
        return { items: leaves.map((leave) => toJson(leave, user)) };
      },
    );

    app.post(
      '/duty/leaves',
      {
        config: { access: COMMAND_ROLES },
        schema: {
          tags: ['people'],
          summary:
            'Give a person leave: no turn and no shift counts; add an override for who stands in',
          body: NewLeaveSchema,
          response: { 201: LeaveSchema },
        },
      },
      async ({ body, user }, reply) => {
        const { personId, reason = null } = body;
        const from = parseTime('from', body.from);
        const to = parseTime('to', body.to);
        const person = await findPerson(pool, personId);
        refuseFields([
          ...(to <= from ? [{ path: 'to', message: 'must be after from' }] : []),
          ...(person === undefined
            ? [{ path: 'personId', message: `person "${personId}" does not exist` }]
            : []),
        ]);
        assertRuns(person, user);
        const leave = { id: newId(), personId, from, to, reason };
        await insertLeave(pool, leave, actorOf(user));
        return reply.code(201).send(toJson(leave, user));
      },
    );

    app.delete(
      '/duty/leaves/:id',
      {
        config: { access: COMMAND_ROLES },
        schema: {
          tags: ['people'],
          summary: 'Take leave back',
          params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
          response: { 204: Type.Null() },
        },
      },
      async ({ params: { id }, user }, reply) => {
        const leave = await findLeave(pool, id);
        if (leave === undefined) throw new AppError('not_found', `leave "${id}" does not exist`);
        assertRuns(await findPerson(pool, leave.personId), user);
        await deleteLeave(pool, id);
        return reply.code(204).send(null);
      },
    );

    const concerns = (person: Person, user: User): boolean => {
      const concerning = concerningRegions(user, regions);
      return (
        concerning === null ||
        person.id === user.personId ||
        person.regionIds.some((id) => concerning.has(id))
      );
    };

    /** Leave takes a person off duty everywhere, so whoever gives it must see all the person is responsible for. */
    const assertRuns = (person: Person | undefined, user: User): void => {
      const visible = visibleRegions(user, regions);
      if (visible === null || person === undefined || person.id === user.personId) return;
      const { id, regionIds } = person;
      if (regionIds.length > 0 && regionIds.every((regionId) => visible.has(regionId))) return;
      throw new AppError('forbidden', `person "${id}" is outside your responsibility`);
    };
  };
