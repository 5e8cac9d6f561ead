import Type from 'typebox';
import type { RouteGroup } from '../shared/http.ts';
import type { Metrics } from '../shared/metrics.ts';
import { type Health, readReadiness } from './health.ts';

const Check = Type.Object({ ok: Type.Boolean(), detail: Type.Optional(Type.String()) });
const ReadinessSchema = Type.Object({
  status: Type.Union([Type.Literal('ready'), Type.Literal('unavailable')]),
  checks: Type.Record(Type.String(), Check),
  channels: Type.Record(Type.String(), Type.String()),
  providers: Type.Array(
    Type.Object({
      channel: Type.String(),
      provider: Type.String(),
      up: Type.Boolean({ description: 'nothing is known that would keep it from sending' }),
      breaker: Type.Enum(['closed', 'half_open', 'open'], {
        description: 'open: it has failed several times in a row and is not used for now',
      }),
      status: Type.String(),
      lastError: Type.Optional(Type.String()),
      lastErrorAt: Type.Optional(Type.String()),
    }),
  ),
});

/** Probes and metrics, at the root, for people and machines without an account. */
export const healthRoutes =
  ({ health, metrics }: { health: Health; metrics: Metrics }): RouteGroup =>
  (app) => {
    app.get(
      '/healthz',
      {
        config: { access: 'public' },
        schema: {
          tags: ['operations'],
          summary: 'The process lives',
          response: { 200: Type.Object({ status: Type.Literal('ok') }) },
        },
      },
      () => ({ status: 'ok' as const }),
    );

    app.get(
      '/readyz',
      {
        config: { access: 'public' },
        schema: {
          tags: ['operations'],
          summary: 'Everything the service needs is there; 503 says what is not',
          response: { 200: ReadinessSchema, 503: ReadinessSchema },
        },
      },
      async (_request, reply) => {
        const readiness = await readReadiness(health);
        return reply
          .code(readiness.status === 'ready' ? 200 : 503)
          .header('cache-control', 'no-store')
          .send(readiness);
      },
    );

    app.get(
      '/metrics',
      {
        config: { access: 'public' },
        schema: {
          tags: ['operations'],
          summary: 'Metrics for Prometheus',
          response: {
            200: {
              description: 'Prometheus text format',
              content: { 'text/plain': { schema: Type.String() } },
            },
          },
        },
      },
      async (_request, reply) =>
        reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
    );
  };
