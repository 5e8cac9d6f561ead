import Type from 'typebox';
import { AppError } from '../shared/app-error.ts';
import type { Clock } from '../shared/clock.ts';
import type { Pool } from '../shared/db.ts';
import { ADMIN_ONLY, DateTimeSchema, type RouteGroup } from '../shared/http.ts';
import { readWebhookSecrets, type WebhookSecrets } from './webhook-secret.ts';
import { rotateWebhookSecret, storedWebhookSecrets } from './webhook-secret-store.ts';

const SecretSchema = Type.Object({
  secret: Type.String({ description: 'signs every webhook' }),
  previous: Type.Array(
    Type.Object({ secret: Type.String(), until: Type.Optional(DateTimeSchema) }),
    { description: 'sign along, so that receivers have time to change' },
  ),
  configured: Type.Boolean({ description: 'by WEBHOOK_SECRET: it cannot be rotated here' }),
});

/** `webhook-secret`, `webhook-secret/rotate`. */
export const webhookSecretRoutes =
  (deps: { pool: Pool; configured: string | undefined; clock: Clock }): RouteGroup =>
  (app) => {
    const { pool, configured, clock } = deps;

    app.get(
      '/webhook-secret',
      {
        config: { access: ADMIN_ONLY },
        schema: {
          tags: ['notifications'],
          summary: 'What webhooks are signed with (Standard Webhooks)',
          response: { 200: SecretSchema },
        },
      },
      async () => {
        if (configured === undefined) return toJson(await storedWebhookSecrets(pool), clock.now());
        const [secret, ...previous] = readWebhookSecrets(configured);
        return { secret, previous: previous.map((old) => ({ secret: old })), configured: true };
      },
    );

    app.post(
      '/webhook-secret/rotate',
      {
        config: { access: ADMIN_ONLY },
        schema: {
          tags: ['notifications'],
          summary: 'Make a new secret; the one before signs along for 24 hours',
          response: { 200: SecretSchema },
        },
      },
      async () => {
        if (configured !== undefined) {
          throw new AppError(
            'conflict',
            'the secret is set by WEBHOOK_SECRET; put the new one before the old one there, with a space between, and restart',
          );
        }
        const now = clock.now();
        return toJson(await rotateWebhookSecret(pool, now), now);
      },
    );
  };

const toJson = ({ current, previous }: WebhookSecrets, now: Date) => ({
  secret: current,
  previous: previous
    .filter(({ until }) => until > now)
    .map(({ secret, until }) => ({ secret, until: until.toISOString() })),
  configured: false,
});
