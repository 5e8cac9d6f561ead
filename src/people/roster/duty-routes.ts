import Type from 'typebox';
import { AppError } from '../../shared/app-error.ts';
import { ANY_ROLE, DateTimeSchema, PageQuery, pageOf, type RouteGroup } from '../../shared/http.ts';
import { DUTY_LEVELS, isReachable } from '../duty.ts';
import { parseTime } from '../parse-time.ts';
import { type ContactChannel, ContactChannelSchema, type Person } from '../person.ts';
import { listPeopleByIds, listPeopleByRole } from '../person-store.ts';
import type { Region } from '../region.ts';
import { toldBy } from '../usable-contacts.ts';
import { concerningRegions } from '../visible-regions.ts';
import { type BoardInput, type RegionDuty, regionDuty } from './duty-board.ts';
import { gapReadWindow, KEEPS_ROSTER_DAYS } from './duty-gaps.ts';
import { readDutyPlan } from './duty-plan-store.ts';
import { dutySpans, plannedSpans } from './duty-spans.ts';
import { readDutyGaps } from './gap-check.ts';
import { gapKey, listWarnings } from './gap-store.ts';
import { overlaps } from './interval.ts';
import type { ExceptionRoutesDeps } from './override-routes.ts';
import { parseWindow, WindowQuery } from './window.ts';

const PersonRefSchema = Type.Object({ personId: Type.String(), name: Type.String() });
const DutySchema = Type.Object({
  regionId: Type.String(),
  regionName: Type.String(),
  people: Type.Array(
    Type.Object({
      personId: Type.String(),
      name: Type.String(),
      source: Type.Enum(['shift', 'roster', 'override']),
      shiftId: Type.Optional(Type.String()),
      rosterId: Type.Optional(Type.String()),
      overrideId: Type.Optional(Type.String()),
      insteadOf: Type.Optional(Type.String()),
      until: DateTimeSchema,
      reachable: Type.Boolean({
        description: 'false: has no contact that can be used, and counts as not on duty',
      }),
      channels: Type.Array(
        Type.Object({
          channel: ContactChannelSchema,
          proven: Type.Boolean({
            description: 'false: used though not verified, because no contact is',
          }),
        }),
        { description: 'by which the person is told; empty: none that is set up here' },
      ),
    }),
  ),
  coveredBy: Type.Optional(
    Type.Object(
      {
        level: Type.Enum([...DUTY_LEVELS, 'nobody']),
        regionId: Type.Optional(Type.String()),
        people: Type.Array(PersonRefSchema),
      },
      { description: 'given when nobody here can be told: who is told instead' },
    ),
  ),
});
const GapSchema = Type.Object({
  regionId: Type.String(),
  from: DateTimeSchema,
  to: DateTimeSchema,
  coveredAbove: Type.Boolean({ description: 'a region above has somebody on duty all that time' }),
  warnedAt: Type.Optional(DateTimeSchema),
});

/** Turns may last a year; what cuts into them is read as far as that, so that `until` is right. */
const LONGEST_TURN_MS = 367 * 86_400_000;

/** `duty`: who is on duty where; `duty/gaps`: where nobody is. `setUp`: the channels this service can use. */
export const dutyRoutes =
  ({
    pool,
    regions,
    clock,
    setUp,
  }: ExceptionRoutesDeps & { setUp: ReadonlySet<ContactChannel> }): RouteGroup =>
  (app) => {
    app.get(
      '/duty',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['people'],
          summary: 'Who is on duty in each region you see, `at` a time (by default now)',
          querystring: Type.Object({
            ...PageQuery,
            at: Type.Optional(DateTimeSchema),
            regionId: Type.Optional(Type.String()),
            rostered: Type.Optional(
              Type.Boolean({
                description: `true: only regions with a turn or shift then or in the ${KEEPS_ROSTER_DAYS} days before`,
              }),
            ),
          }),
          response: { 200: pageOf(DutySchema) },
        },
      },
      async ({ query: { limit = 50, cursor, at: atText, regionId, rostered }, user }) => {
        const at = atText === undefined ? clock.now() : parseTime('at', atText);
        const concerning = concerningRegions(user, regions);
        const asked = regions
          .all()
          .filter(({ id }) => concerning?.has(id) !== false)
          .filter(({ id }) => (regionId === undefined ? true : id === regionId))
          .filter(({ id }) => cursor === undefined || id > cursor);
        if (regionId !== undefined && cursor === undefined && asked.length === 0) {
          throw new AppError('not_found', `region "${regionId}" does not exist`);
        }
        const listed = rostered === true ? await keepingRoster(asked, at) : asked;
        const page = listed.slice(0, limit);
        const board = await readBoard(
          page.map(({ id }) => id),
          at,
        );
        const items = page.map((region) => toJson(regionDuty(region.id, board), region, setUp));
        const last = page.at(-1);
        return listed.length > limit && last !== undefined ? { items, next: last.id } : { items };
      },
    );

    app.get(
      '/duty/gaps',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['people'],
          summary:
            'When nobody is on duty in a region with a roster; by default in the next 7 days',
          querystring: Type.Object({ ...WindowQuery, regionId: Type.Optional(Type.String()) }),
          response: { 200: Type.Object({ items: Type.Array(GapSchema) }) },
        },
      },
      async ({ query, user }) => {
        const window = parseWindow(query, { now: clock.now(), days: 7 });
        const concerning = concerningRegions(user, regions);
        const regionIds = regions
          .all()
          .map(({ id }) => id)
          .filter((id) => concerning?.has(id) !== false)
          .filter((id) => query.regionId === undefined || id === query.regionId);
        const chainOf = (id: string): string[] => regions.chain(id);
        const gaps = await readDutyGaps(pool, { regionIds, chainOf, window });
        const warned = await listWarnings(pool, regionIds, window.from);
        return {
          items: gaps.map(({ regionId, from, to, coveredAbove }) => {
            const warnedAt = warned.get(gapKey(regionId, from));
            return {
              regionId,
              from: from.toISOString(),
              to: to.toISOString(),
              coveredAbove,
              ...(warnedAt === undefined ? {} : { warnedAt: warnedAt.toISOString() }),
            };
          }),
        };
      },
    );

    const keepingRoster = async (asked: readonly Region[], at: Date): Promise<Region[]> => {
      const window = gapReadWindow({ from: at, to: new Date(at.getTime() + 1) });
      const plan = await readDutyPlan(pool, { regionIds: asked.map(({ id }) => id), ...window });
      const keeping = new Set(plannedSpans(plan, window).map(({ regionId }) => regionId));
      return asked.filter(({ id }) => keeping.has(id));
    };

    const readBoard = async (regionIds: readonly string[], at: Date): Promise<BoardInput> => {
      const chainOf = (id: string): string[] => regions.chain(id);
      const plan = await readDutyPlan(pool, {
        regionIds: [...new Set(regionIds.flatMap(chainOf))],
        from: at,
        to: new Date(at.getTime() + LONGEST_TURN_MS),
      });
      const instant = { from: at, to: new Date(at.getTime() + 1) };
      const spans = dutySpans(plan, instant);
      const people = [
        ...(await listPeopleByRole(pool, ['duty_officer', 'admin'])),
        ...(await listPeopleByIds(
          pool,
          spans.map(({ personId }) => personId),
        )),
      ];
      const away = plan.leaves.filter((leave) => overlaps(leave, instant));
      return {
        spans,
        people: new Map(people.map((person) => [person.id, person])),
        onLeave: new Set(away.map(({ personId }) => personId)),
        chainOf,
        at,
      };
    };
  };

const toRef = ({ id, name }: Person) => ({ personId: id, name });

const toJson = (
  { people, coveredBy }: RegionDuty,
  { id, name }: Region,
  setUp: ReadonlySet<ContactChannel>,
) => ({
  regionId: id,
  regionName: name,
  people: people.map(({ person, until, source: { kind, ...source } }) => ({
    ...toRef(person),
    source: kind,
    ...source,
    until: until.toISOString(),
    reachable: isReachable(person),
    channels: toldBy(person.contacts, setUp),
  })),
  ...(coveredBy === undefined
    ? {}
    : { coveredBy: { ...coveredBy, people: coveredBy.people.map(toRef) } }),
});
