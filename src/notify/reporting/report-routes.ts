import Type from 'typebox';
import { appendEvent, lockIncidents, requireVisible } from '../../incidents/index.ts';
import { AppError } from '../../shared/app-error.ts';
import type { Clock } from '../../shared/clock.ts';
import { type Pool, withTransaction } from '../../shared/db.ts';
import {
  actorOf,
  COMMAND_ROLES,
  DateTimeSchema,
  type RouteGroup,
  type VisibleRegions,
} from '../../shared/http.ts';
import { findArrival, findReport, noteReported } from './report-store.ts';

/** A fire may be out before anybody enters that forces came. */
const AT_WORK: readonly string[] = [
  'acknowledged',
  'verified',
  'responding',
  'contained',
  'closed',
];

const IdParams = Type.Object({ id: Type.String({ format: 'uuid' }) });

/**
 * `POST incidents/{id}/reported-up`: the fire was reported to the authority above. `POST incidents/{id}/arrived`: the first
 * forces are there.
 */
export const reportRoutes =
  (deps: { pool: Pool; visibleRegions: VisibleRegions; clock: Clock }): RouteGroup =>
  (app) => {
    app.post(
      '/incidents/:id/reported-up',
      {
        config: { access: COMMAND_ROLES },
        schema: {
          tags: ['incidents'],
          summary: 'Enter that it was reported to the authority above: ends the countdown',
          description:
            'Its status stays as it is. Entering it again changes nothing. 409 when it was dismissed or merged.',
          params: IdParams,
          body: Type.Union([
            Type.Object(
              {
                to: Type.Optional(
                  Type.String({ maxLength: 200, description: 'To whom, as people say it' }),
                ),
              },
              { additionalProperties: false },
            ),
            Type.Null(),
          ]),
          response: {
            200: Type.Object({
              incidentId: Type.String(),
              reportedAt: DateTimeSchema,
              reportedBy: Type.String(),
              reportedTo: Type.Optional(Type.String()),
            }),
          },
        },
      },
      async ({ params, body, user }) => {
        const { id: incidentId } = params;
        const by = actorOf(user);
        const to = body?.to?.trim() ?? '';
        const report = await withTransaction(deps.pool, async (tx) => {
          await lockIncidents(tx);
          const { status } = await requireVisible(tx, incidentId, deps.visibleRegions(user));
          if (status === 'dismissed' || status === 'merged') {
            throw new AppError('conflict', `an incident that is ${status} is not reported upwards`);
          }
          const at = deps.clock.now();
          if (await noteReported(tx, incidentId, { at, by, to: to === '' ? null : to })) {
            const data = to === '' ? {} : { to };
            await appendEvent(tx, { incidentId, type: 'reported_up', actor: by, at, data });
          }
          return findReport(tx, incidentId);
        });
        const { reportedAt = null, reportedBy = null, reportedTo = null } = report ?? {};
        if (reportedAt === null || reportedBy === null) {
          throw new Error('the report just noted cannot be read');
        }
        return {
          incidentId,
          reportedAt: reportedAt.toISOString(),
          reportedBy,
          ...(reportedTo === null ? {} : { reportedTo }),
        };
      },
    );

    app.post(
      '/incidents/:id/arrived',
      {
        config: { access: COMMAND_ROLES },
        schema: {
          tags: ['incidents'],
          summary: 'Enter that the first forces have arrived',
          description:
            'For the timeline and `reports/response`; its status stays as it is. The first counts: entering it again changes nothing. 409 unless people are at work on it.',
          params: IdParams,
          response: { 200: Type.Object({ incidentId: Type.String(), arrivedAt: DateTimeSchema }) },
        },
      },
      async ({ params: { id: incidentId }, user }) => {
        const arrivedAt = await withTransaction(deps.pool, async (tx) => {
          await lockIncidents(tx);
          const { status } = await requireVisible(tx, incidentId, deps.visibleRegions(user));
          const known = await findArrival(tx, incidentId);
          if (known !== null) return known;
          if (!AT_WORK.includes(status)) {
            throw new AppError('conflict', `nobody was sent to an incident that is ${status}`);
          }
          const at = deps.clock.now();
          await appendEvent(tx, {
            incidentId,
            type: 'arrived',
            actor: actorOf(user),
            at,
            data: {},
          });
          return at;
        });
        return { incidentId, arrivedAt: arrivedAt.toISOString() };
      },
    );
  };
