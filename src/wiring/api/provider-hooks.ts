import { insertDeadLetter } from '../../ingest/index.ts';
import {
  callbacksOf,
  createReceiptBook,
  fallBack,
  hookRoutes,
  setUpChannels,
} from '../../notify/index.ts';
import type { Context } from '../../pipeline.ts';
import type { RouteGroup } from '../../shared/http.ts';
import type { RouteParts } from './api-parts.ts';

/** Where providers of config/channels.json report to; on the database alone, whichever process sends. */
export const providerHooks = (
  { config, channels, clock, env, metrics, ...context }: Context,
  { pool, intake, regions }: Pick<RouteParts, 'pool' | 'intake' | 'regions'>,
): RouteGroup => {
  const logger = context.logger.child({ stage: 'hooks' });
  const wording = {
    regions,
    smsSignature: config.notify.smsSignature,
    timeZone: env.timeZone,
    setUp: setUpChannels(channels),
  };
  return hookRoutes({
    pool,
    callbacks: callbacksOf(channels),
    receipts: createReceiptBook({
      pool,
      clock,
      logger,
      maxAttempts: config.notify.maxAttempts,
      onGivenUp: intake.onGivenUp,
      // Which channels work is known where messages are sent; one that does not is passed over there.
      fallBack: (tx, stranded) =>
        fallBack({ ...wording, works: () => true, clock, logger }, tx, stranded),
      onFailed: (channel) => metrics.notifications.inc({ channel, outcome: 'failed' }),
    }),
    onRefused: async ({ provider, item, reason }) => {
      logger.warn({ provider, reason }, 'a report of a provider was not understood');
      metrics.deadLetters.inc({ code: 'invalid_payload' });
      await insertDeadLetter(pool, {
        receivedAt: clock.now(),
        topic: `hooks/${provider}`,
        publisher: provider,
        code: 'invalid_payload',
        reason,
        payload: Buffer.from(JSON.stringify(item) ?? 'null'),
      });
    },
    clock,
    logger,
  });
};
