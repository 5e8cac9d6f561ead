import Type from 'typebox';
import { AppError } from '../shared/app-error.ts';
import type { Clock } from '../shared/clock.ts';
import type { Pool } from '../shared/db.ts';
import {
  type AccessRole,
  ANY_ROLE,
  DateTimeSchema,
  PageQuery,
  pageOf,
  type RouteGroup,
} from '../shared/http.ts';
import { newId } from '../shared/ids.ts';
import { parseTime } from './parse-time.ts';
import { findPerson, missingRegionIds } from './person-store.ts';
import { refuseFields } from './refuse-fields.ts';
import type { RegionLookup } from './region-index.ts';
import { NewShiftSchema, type Shift, ShiftSchema } from './shift.ts';
import {
  deleteShift,
  findOverlappingShift,
  findShift,
  insertShift,
  listShifts,
} from './shift-store.ts';
import { assertSees, concerningRegions } from './visible-regions.ts';

/** Who writes the roster. */
const ROSTER_ROLES: readonly AccessRole[] = ['dispatcher', 'admin'];

const toJson = (shift: Shift) => ({
  ...shift,
  from: shift.from.toISOString(),
  to: shift.to.toISOString(),
});

const ListQuery = Type.Object({
  ...PageQuery,
  at: Type.Optional(DateTimeSchema),
  from: Type.Optional(DateTimeSchema),
  to: Type.Optional(DateTimeSchema),
  regionId: Type.Optional(Type.String()),
  personId: Type.Optional(Type.String()),
});

/** `shifts`: who is on duty where, from (inclusive) – to (exclusive). */
export const shiftRoutes =
  (deps: { pool: Pool; regions: RegionLookup; clock: Clock }): RouteGroup =>
  (app) => {
    const { pool, regions, clock } = deps;

    app.get(
      '/shifts',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['people'],
          summary: 'Shifts that cover `at`, or overlap `from`–`to`; by default those not over yet',
          querystring: ListQuery,
          response: { 200: pageOf(ShiftSchema) },
        },
      },
      async (request) => {
        const { limit = 50, cursor, regionId, personId } = request.query;
        const concerning = concerningRegions(request.user, regions);
        const asked = regionId === undefined ? null : [regionId];
        const shifts = await listShifts(pool, {
          ...spanOf(request.query, clock.now()),
          regionIds:
            concerning === null
              ? asked
              : [...concerning].filter((id) => asked === null || asked.includes(id)),
          personId: personId ?? null,
          after: cursor === undefined ? null : parseCursor(cursor),
          limit: limit + 1,
        });
        const items = shifts.slice(0, limit).map(toJson);
        const last = items.at(-1);
        return shifts.length > limit && last !== undefined
          ? { items, next: `${last.from}~${last.id}` }
          : { items };
      },
    );

    app.post(
      '/shifts',
      {
        config: { access: ROSTER_ROLES },
        schema: {
          tags: ['people'],
          summary: 'Put a person on duty in a region',
          description: '422 names each wrong field; `from` when the person has a shift there then.',
          body: NewShiftSchema,
          response: { 201: ShiftSchema },
        },
      },
      async (request, reply) => {
        const { personId, regionId } = request.body;
        const from = parseTime('from', request.body.from);
        const to = parseTime('to', request.body.to);
        const person = await findPerson(pool, personId);
        const errors: { path: string; message: string }[] = [];
        if (to <= from) errors.push({ path: 'to', message: 'must be after from' });
        if (person === undefined) {
          errors.push({ path: 'personId', message: `person "${personId}" does not exist` });
        }
        if ((await missingRegionIds(pool, [regionId])).size > 0) {
          errors.push({ path: 'regionId', message: `region "${regionId}" does not exist` });
        }
        if (errors.length > 0 || person === undefined) {
          const list = errors.map(({ path, message }) => `${path} ${message}`).join('; ');
          throw new AppError('unprocessable', list, { errors });
        }
        assertSees(request.user, regions, regionId);
        const shift = { id: newId(), personId, personName: person.name, regionId, from, to };
        const twin = await findOverlappingShift(pool, shift);
        if (twin !== undefined) refuseFields([overlapOf(twin)]);
        await insertShift(pool, shift);
        return reply.code(201).send(toJson(shift));
      },
    );

    app.delete(
      '/shifts/:id',
      {
        config: { access: ROSTER_ROLES },
        schema: {
          tags: ['people'],
          summary: 'Take a shift off the roster',
          params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const shift = await findShift(pool, id);
        if (shift === undefined) throw new AppError('not_found', `shift "${id}" does not exist`);
        assertSees(request.user, regions, shift.regionId);
        await deleteShift(pool, id);
        return reply.code(204).send(null);
      },
    );
  };

const overlapOf = ({ id, personName, from, to }: Shift) => ({
  path: 'from',
  message: `overlaps shift ${id}: ${personName} is on duty there from ${from.toISOString()} to ${to.toISOString()}; delete that one or choose another time`,
});

/** `at` is the span of one instant; without any time, what is not over yet. */
const spanOf = (query: { at?: string; from?: string; to?: string }, now: Date) => {
  if (query.at !== undefined) {
    const at = parseTime('at', query.at);
    return { from: at, to: new Date(at.getTime() + 1) };
  }
  const to = query.to === undefined ? null : parseTime('to', query.to);
  if (query.from !== undefined) return { from: parseTime('from', query.from), to };
  return { from: to === null ? now : null, to };
};

const parseCursor = (cursor: string): { from: string; id: string } => {
  const [from = '', id = ''] = cursor.split('~');
  if (Number.isNaN(Date.parse(from)) || !/^[0-9a-f-]{36}$/.test(id)) {
    throw new AppError('bad_request', 'cursor is not one that this list gave out');
  }
  return { from, id };
};
