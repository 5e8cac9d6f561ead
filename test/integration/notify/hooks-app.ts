import { pino } from 'pino';
import { callbacksOf, createReceiptBook, hookRoutes } from '../../../src/notify/index.ts';
import type { ChannelConfig } from '../../../src/shared/channel-config.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import type { Pool } from '../../../src/shared/db.ts';
import { createTestApp } from '../../unit/api/test-app.ts';

export const TOKEN = 'token-of-16-chars-or-more';

/** The callback routes, listening as the api process does, beside whatever sends. */
export const startHooks = async (pool: Pool, channels: ChannelConfig) => {
  const logger = pino({ level: 'silent' });
  const refused: { provider: string; item: unknown; reason: string }[] = [];
  const givenUp: Record<string, unknown>[] = [];
  const app = await createTestApp({
    rootRoutes: [
      hookRoutes({
        pool,
        callbacks: callbacksOf(channels),
        receipts: createReceiptBook({
          pool,
          clock: systemClock,
          logger,
          maxAttempts: 5,
          onGivenUp: async (_tx, { data }) => {
            givenUp.push(data);
          },
          fallBack: async () => undefined,
          onFailed: () => undefined,
        }),
        onRefused: async (what) => {
          refused.push(what);
        },
        clock: systemClock,
        logger,
      }),
    ],
    limits: { perAddress: 100_000 },
  });
  const base = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    app,
    refused,
    givenUp,
    /** Where a provider of this name reports to. */
    url: (provider: string, token = TOKEN) => `${base}/hooks/${provider}/${token}`,
    stop: () => app.close(),
  };
};
