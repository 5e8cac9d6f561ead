import Type from 'typebox';
import { requireVisible } from '../../incidents/index.ts';
import { AppError } from '../../shared/app-error.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Pool } from '../../shared/db.ts';
import { ANY_ROLE, type RouteGroup, type VisibleRegions } from '../../shared/http.ts';
import type { ReportingRule } from '../reporting/report-deadline.ts';
import { findReport } from '../reporting/report-store.ts';
import { EscalationSchema, escalationJson } from './escalation-json.ts';
import { findEscalation, listDoneFirings, setTakenOverChannels } from './escalation-store.ts';

/** `GET incidents/{id}/escalation`, `PUT people/{id}/taken-over-channels`. */
export const escalationRoutes =
  (deps: {
    pool: Pool;
    visibleRegions: VisibleRegions;
    clock: Clock;
    reporting: ReportingRule | undefined;
  }): RouteGroup =>
  (app) => {
    const { pool } = deps;

    app.get(
      '/incidents/:id/escalation',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['incidents'],
          summary:
            'Who was told and who is next if nobody answers; how long until it must be reported',
          description: 'Without `policy` nobody was alerted. Times to come are by the clock now.',
          params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
          response: { 200: EscalationSchema },
        },
      },
      async ({ params, user }) => {
        const incident = await requireVisible(pool, params.id, deps.visibleRegions(user));
        return escalationJson(incident, {
          escalation: await findEscalation(pool, incident.id),
          done: await listDoneFirings(pool, incident.id),
          rule: deps.reporting,
          report: await findReport(pool, incident.id),
          now: deps.clock.now(),
        });
      },
    );

    app.put(
      '/people/:id/taken-over-channels',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['people'],
          summary: 'Over which channels a person hears that another has taken a fire',
          description: 'By default the app alone. For oneself, or by an admin.',
          params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
          body: Type.Object(
            {
              channels: Type.Array(
                Type.Union([Type.Literal('app'), Type.Literal('sms'), Type.Literal('webhook')]),
                { uniqueItems: true },
              ),
            },
            { additionalProperties: false },
          ),
          response: {
            200: Type.Object({ id: Type.String(), channels: Type.Array(Type.String()) }),
          },
        },
      },
      async ({ params: { id }, body: { channels }, user }) => {
        if (user.personId !== id && !user.roles.includes('admin')) {
          throw new AppError('forbidden', 'only an admin changes what others hear');
        }
        if (!(await setTakenOverChannels(pool, id, channels))) {
          throw new AppError('not_found', `person "${id}" does not exist`);
        }
        return { id, channels };
      },
    );
  };
