import Type from 'typebox';
import { AppError } from '../../shared/app-error.ts';
import type { Clock } from '../../shared/clock.ts';
import { type Pool, withTransaction } from '../../shared/db.ts';
import { ANY_ROLE, actorOf, COMMAND_ROLES, type RouteGroup } from '../../shared/http.ts';
import { newId } from '../../shared/ids.ts';
import { parseTime } from '../parse-time.ts';
import { listPeopleByIds, missingRegionIds } from '../person-store.ts';
import { refuseFields } from '../refuse-fields.ts';
import type { RegionLookup } from '../region-index.ts';
import { assertSees, concerningRegions } from '../visible-regions.ts';
import { readDutyPlan } from './duty-plan-store.ts';
import { checkOverride, overrideWarnings } from './override-check.ts';
import {
  deleteOverride,
  findOverride,
  insertOverride,
  listOverridesBetween,
} from './override-store.ts';
import {
  type DutyOverride,
  NewOverrideSchema,
  OverrideSchema,
  WrittenOverrideSchema,
} from './roster.ts';
import { parseWindow, WindowQuery } from './window.ts';

const toJson = ({ reason, from, to, ...override }: DutyOverride) => ({
  ...override,
  from: from.toISOString(),
  to: to.toISOString(),
  ...(reason === null ? {} : { reason }),
});

export type ExceptionRoutesDeps = { pool: Pool; regions: RegionLookup; clock: Clock };

/** `duty/overrides`: who is on duty instead of whom. */
export const overrideRoutes =
  ({ pool, regions, clock }: ExceptionRoutesDeps): RouteGroup =>
  (app) => {
    app.get(
      '/duty/overrides',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['people'],
          summary: 'Overrides within `from`–`to`; by default those of the next 31 days',
          querystring: Type.Object({ ...WindowQuery, regionId: Type.Optional(Type.String()) }),
          response: { 200: Type.Object({ items: Type.Array(OverrideSchema) }) },
        },
      },
      async ({ query, user }) => {
        const window = parseWindow(query, { now: clock.now(), days: 31 });
        const concerning = concerningRegions(user, regions);
        const overrides = await listOverridesBetween(pool, {
          ...window,
          regionIds: query.regionId === undefined ? null : [query.regionId],
        });
        const seen = overrides.filter(({ regionId }) => concerning?.has(regionId) !== false);
        return { items: seen.map(toJson) };
      },
    );

    app.post(
      '/duty/overrides',
      {
        config: { access: COMMAND_ROLES },
        schema: {
          tags: ['people'],
          summary: 'Put a person on duty in the place of another; a swap is two of these',
          body: NewOverrideSchema,
          response: { 201: WrittenOverrideSchema },
        },
      },
      async ({ body, user }, reply) => {
        const { regionId, personId, insteadOf, reason = null } = body;
        const from = parseTime('from', body.from);
        const to = parseTime('to', body.to);
        const override = { id: newId(), regionId, personId, insteadOf, from, to, reason };
        const listed = await listPeopleByIds(pool, [personId, insteadOf]);
        const people = new Map(listed.map((person) => [person.id, person]));
        const regionExists = (await missingRegionIds(pool, [regionId])).size === 0;
        refuseFields(checkOverride(override, { people, regionExists }));
        assertSees(user, regions, regionId);
        const twin = await withTransaction(pool, (tx) =>
          insertOverride(tx, override, actorOf(user)),
        );
        if (twin !== null) refuseFields([overlapOf(twin)]);
        const plan = await readDutyPlan(pool, { regionIds: [regionId], from, to });
        const warnings = overrideWarnings(override, { person: people.get(personId), plan });
        return reply.code(201).send({ ...toJson(override), warnings });
      },
    );

    app.delete(
      '/duty/overrides/:id',
      {
        config: { access: COMMAND_ROLES },
        schema: {
          tags: ['people'],
          summary: 'Take an override back',
          params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
          response: { 204: Type.Null() },
        },
      },
      async ({ params: { id }, user }, reply) => {
        const override = await findOverride(pool, id);
        if (override === undefined) {
          throw new AppError('not_found', `override "${id}" does not exist`);
        }
        assertSees(user, regions, override.regionId);
        await deleteOverride(pool, id);
        return reply.code(204).send(null);
      },
    );
  };

const overlapOf = ({ id, personId, insteadOf, from, to }: DutyOverride) => ({
  path: 'from',
  message: `overlaps override ${id}: "${personId}" instead of "${insteadOf}" from ${from.toISOString()} to ${to.toISOString()}; take that one back or choose another time`,
});
