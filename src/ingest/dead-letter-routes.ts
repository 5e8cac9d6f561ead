import { isUtf8 } from 'node:buffer';
import Type, { type Static } from 'typebox';
import { AppError } from '../shared/app-error.ts';
import type { Clock } from '../shared/clock.ts';
import type { Pool } from '../shared/db.ts';
import {
  type AccessRole,
  ADMIN_ONLY,
  type App,
  DateTimeSchema,
  PageQuery,
  pageOf,
  type RouteGroup,
} from '../shared/http.ts';
import {
  countDeadLetters,
  type DeadLetter,
  findDeadLetter,
  listDeadLetters,
  markReplayed,
} from './dead-letter-store.ts';
import type { Ingest, Outcome } from './ingest.ts';

export type DeadLetterRoutesDeps = { pool: Pool; ingest: Pick<Ingest, 'handle'>; clock: Clock };

/** Those who can mend the equipment that sent it. Payloads may hold positions of people. */
const READERS: readonly AccessRole[] = ['operator', 'admin'];

const Id = Type.String({ pattern: '^\\d{1,18}$' });
const DeadLetterSchema = Type.Object({
  id: Type.String(),
  receivedAt: DateTimeSchema,
  topic: Type.String(),
  publisher: Type.Union([Type.String(), Type.Null()]),
  code: Type.String(),
  reason: Type.String(),
  payload: Type.String({ description: 'As text, or base64 where it is not UTF-8' }),
  payloadEncoding: Type.Union([Type.Literal('utf8'), Type.Literal('base64')]),
  payloadBytes: Type.Integer({
    description: 'Of the message; of a too large one only the head is kept',
  }),
  replayedAt: Type.Optional(DateTimeSchema),
  replayOutcome: Type.Optional(Type.String()),
});

/** `dead-letters`: what could not be used and why; to be taken again once the cause is mended. */
export const deadLetterRoutes =
  (deps: DeadLetterRoutesDeps): RouteGroup =>
  (app) => {
    readRoutes(app, deps);
    replayRoute(app, deps);
  };

const readRoutes = (app: App, { pool }: DeadLetterRoutesDeps): void => {
  app.get(
    '/dead-letters',
    {
      config: { access: READERS },
      schema: {
        tags: ['dead-letters'],
        summary: 'Messages that could not be used, newest first',
        querystring: Type.Object(
          {
            ...PageQuery,
            cursor: Type.Optional(Id),
            code: Type.Optional(Type.String({ maxLength: 100 })),
          },
          { additionalProperties: false },
        ),
        response: { 200: pageOf(DeadLetterSchema) },
      },
    },
    async ({ query }) => {
      const { limit = 50, cursor, code } = query;
      const found = await listDeadLetters(pool, { code, beforeId: cursor, limit: limit + 1 });
      const items = found.slice(0, limit).map(deadLetterJson);
      const last = items.at(-1);
      return found.length > limit && last !== undefined ? { items, next: last.id } : { items };
    },
  );

  app.get(
    '/dead-letters/counts',
    {
      config: { access: READERS },
      schema: {
        tags: ['dead-letters'],
        summary: 'How many there are of each reason code',
        response: {
          200: Type.Object({
            items: Type.Array(Type.Object({ code: Type.String(), count: Type.Integer() })),
          }),
        },
      },
    },
    async () => ({ items: await countDeadLetters(pool) }),
  );

  app.get(
    '/dead-letters/:id',
    {
      config: { access: READERS },
      schema: {
        tags: ['dead-letters'],
        summary: 'A message that could not be used',
        params: Type.Object({ id: Id }),
        response: { 200: DeadLetterSchema },
      },
    },
    async ({ params }) => deadLetterJson(await requireLetter(pool, params.id)),
  );
};

const replayRoute = (app: App, { pool, ingest, clock }: DeadLetterRoutesDeps): void => {
  app.post(
    '/dead-letters/:id/replay',
    {
      config: { access: ADMIN_ONLY },
      schema: {
        tags: ['dead-letters'],
        summary: 'Take the message again, as if it had just arrived',
        description:
          'What it led to is kept with the letter; refused again, it becomes a new letter. A detection that was taken since changes nothing.',
        params: Type.Object({ id: Id }),
        response: { 200: DeadLetterSchema },
      },
    },
    async ({ params }) => {
      const letter = await requireLetter(pool, params.id);
      if (letter.payload.length < letter.payloadBytes) {
        throw new AppError(
          'conflict',
          'Only the head of this message was kept; it cannot be replayed',
        );
      }
      const { topic, payload, publisher: publisherId } = letter;
      const outcome = describe(await ingest.handle({ topic, payload, publisherId }));
      await markReplayed(pool, { id: letter.id, at: clock.now(), outcome });
      return deadLetterJson(await requireLetter(pool, letter.id));
    },
  );
};

const describe = (outcome: Outcome): string => {
  switch (outcome.kind) {
    case 'taken':
      return 'taken';
    case 'recorded':
      return `taken: incident ${outcome.number}`;
    case 'duplicate':
      return `known already: incident ${outcome.incidentId}`;
    case 'rejected':
      return `refused again: ${outcome.reason} (dead letter ${outcome.deadLetterId})`;
  }
};

const requireLetter = async (pool: Pool, id: string): Promise<DeadLetter> => {
  const letter = await findDeadLetter(pool, id);
  if (letter === undefined) throw new AppError('not_found', `dead letter "${id}" does not exist`);
  return letter;
};

const deadLetterJson = (letter: DeadLetter): Static<typeof DeadLetterSchema> => {
  const payloadEncoding = isUtf8(letter.payload) ? 'utf8' : 'base64';
  return {
    id: letter.id,
    receivedAt: letter.receivedAt.toISOString(),
    topic: letter.topic,
    publisher: letter.publisher,
    code: letter.code,
    reason: letter.reason,
    payload: letter.payload.toString(payloadEncoding),
    payloadEncoding,
    payloadBytes: letter.payloadBytes,
    ...(letter.replayedAt === null ? {} : { replayedAt: letter.replayedAt.toISOString() }),
    ...(letter.replayOutcome === null ? {} : { replayOutcome: letter.replayOutcome }),
  };
};
