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
import { findReport, noteReported } from './report-store.ts';

const IdParams = Type.Object({ id: Type.String({ format: 'uuid' }) });

/** `POST incidents/{id}/reported-up`: the fire was reported to the authority above. */
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
  };
