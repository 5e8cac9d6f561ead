import { createHash, timingSafeEqual } from 'node:crypto';
import Type from 'typebox';
import { AppError } from '../../shared/app-error.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Pool } from '../../shared/db.ts';
import type { App, RouteGroup } from '../../shared/http.ts';
import type { Logger } from '../../shared/logger.ts';
import type { ReceiptBook } from '../receipt-book.ts';
import type { Callback, CallbackReply } from './callback.ts';
import { findCall, keepHttpInbound } from './hook-store.ts';

export type HookDeps = {
  pool: Pool;
  callbacks: ReadonlyMap<string, Callback>;
  receipts: Pick<ReceiptBook, 'received'>;
  /** Keeps what could not be made sense of; nothing a provider says is dropped. */
  onRefused: (refused: { provider: string; item: unknown; reason: string }) => Promise<void>;
  clock: Clock;
  logger: Logger;
};

/** Some hundred reports at once, as Aliyun collects them. */
const BODY_LIMIT_BYTES = 512 * 1024;

/**
 * `POST /hooks/{provider}/{token}`: receipts, replies and call results of providers that speak HTTP. Answered once all of it
 * is kept; anything else than 2xx makes the provider send it again. Works on the database alone, so in any process.
 */
export const hookRoutes =
  (deps: HookDeps): RouteGroup =>
  (app) => {
    // In a scope of its own: no other route takes forms.
    void app.register(async (scope: App) => {
      scope.addContentTypeParser(
        'application/x-www-form-urlencoded',
        { parseAs: 'string' },
        (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
      );
      hookRoute(scope, deps);
    });
  };

const Address = Type.Object({
  provider: Type.String({ maxLength: 32 }),
  token: Type.String({ maxLength: 100 }),
});

const hookRoute = (app: App, deps: HookDeps): void => {
  app.post(
    '/hooks/:provider/:token',
    {
      bodyLimit: BODY_LIMIT_BYTES,
      config: { access: 'public' },
      schema: {
        tags: ['hooks'],
        summary: 'What a provider of config/channels.json reports: receipts, replies, calls',
        params: Address,
        body: Type.Unknown(),
        response: { 200: Type.Unknown() },
      },
    },
    async ({ params, body }, reply) => {
      const callback = deps.callbacks.get(params.provider);
      if (callback === undefined || !isSame(params.token, callback.token)) {
        throw new AppError('not_found', 'No provider calls back here');
      }
      await keep(deps, params.provider, callback.read(body, deps.clock.now()));
      if (typeof callback.answer === 'string') void reply.type('text/plain; charset=utf-8');
      return callback.answer;
    },
  );
};

const keep = async (
  deps: HookDeps,
  provider: string,
  { receipts, replies, refused }: ReturnType<Callback['read']>,
): Promise<void> => {
  // Replies first: somebody taking a fire must not wait for the counting of a hundred receipts.
  for (const reply of replies) await keepReply(deps, provider, reply);
  for (const receipt of receipts) await deps.receipts.received({ ...receipt, provider });
  for (const { item, reason } of refused) await deps.onRefused({ provider, item, reason });
};

/** Keys pressed in a call speak of the incident that call was about, as if its code had been written before them. */
const keepReply = async (
  { pool, clock, logger }: HookDeps,
  provider: string,
  { externalId, sender, recipient, text, callId }: CallbackReply,
): Promise<void> => {
  const call = callId === undefined ? undefined : await findCall(pool, provider, callId);
  const from = sender ?? call?.address;
  if (from === undefined) {
    logger.warn({ provider, callId }, 'keys pressed in a call that is not ours');
    return;
  }
  const code = call?.code ?? null;
  const said = code !== null && /^[012]$/.test(text.trim()) ? `${code} ${text.trim()}` : text;
  const inbound = { provider, externalId, sender: from, recipient, text: said };
  await keepHttpInbound(pool, inbound, clock.now());
};

/** Compares in constant time, whatever the lengths. */
const isSame = (given: string, wanted: string): boolean => {
  const [a, b] = [given, wanted].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
};
