import Type from 'typebox';
import { AppError } from '../../shared/app-error.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Pool } from '../../shared/db.ts';
import { withTransaction } from '../../shared/db.ts';
import { ANY_ROLE, type RouteGroup, type User } from '../../shared/http.ts';
import type { AllowedNetworks } from '../../shared/outbound-address.ts';
import type { WebPushConfig } from '../../shared/push-config.ts';
import { recordReceipt } from '../app-receipt-store.ts';
import { readReceiptToken } from './receipt-token.ts';
import { NewSubscriptionSchema, SubscriptionSchema, subscriptionFaults } from './subscription.ts';
import {
  listOwnSubscriptions,
  personToldByPush,
  subscribe,
  unsubscribe,
} from './subscription-store.ts';
import { vapidKeys } from './vapid-keys.ts';

type PushRoutesDeps = {
  pool: Pool;
  /** Undefined: Web Push is not set up. */
  webPush: WebPushConfig | undefined;
  allow: AllowedNetworks;
  clock: Clock;
};

const tags = ['notifications'];

/** `push/vapid-key`, `push/subscriptions`, `push/receipts`: the browsers of the person who is logged in. */
export const pushRoutes =
  ({ pool, webPush, allow, clock }: PushRoutesDeps): RouteGroup =>
  (app) => {
    const keys = () => {
      if (webPush !== undefined) return vapidKeys(pool, webPush);
      throw new AppError(
        'not_found',
        'Web Push is not set up; add "webPush": {"subject": "mailto:…"} to channels.json and restart',
      );
    };

    app.get(
      '/push/vapid-key',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags,
          summary:
            'The key to subscribe to (applicationServerKey); 404 where Web Push is not set up',
          response: { 200: Type.Object({ publicKey: Type.String() }) },
        },
      },
      async () => ({ publicKey: (await keys()).publicKey }),
    );

    app.get(
      '/push/subscriptions',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags,
          summary: 'Your browsers that get alerts',
          response: { 200: Type.Object({ items: Type.Array(SubscriptionSchema) }) },
        },
      },
      async ({ user: { personId } }) => ({
        items: personId === null ? [] : await listOwnSubscriptions(pool, personId),
      }),
    );

    app.post(
      '/push/subscriptions',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags,
          summary: 'Get alerts in this browser; makes a contact of it',
          body: NewSubscriptionSchema,
          response: { 201: SubscriptionSchema },
        },
      },
      async (request, reply) => {
        const { body, user, headers } = request;
        await keys();
        const personId = ownPerson(user);
        const errors = subscriptionFaults(body, allow);
        if (errors.length > 0) {
          const list = errors.map(({ path, message }) => `${path} ${message}`).join('; ');
          throw new AppError('unprocessable', list, { errors });
        }
        const userAgent = (headers['user-agent'] ?? '').slice(0, 300);
        const stored = await withTransaction(pool, (tx) =>
          subscribe(tx, personId, { ...body, userAgent, now: clock.now() }),
        );
        return reply.code(201).send(stored);
      },
    );

    app.delete(
      '/push/subscriptions/:id',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags,
          summary: 'Get no more alerts in this browser; with the last one the contact goes',
          params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
          response: { 204: Type.Null() },
        },
      },
      async ({ params: { id }, user: { personId } }, reply) => {
        const removed =
          personId !== null && (await withTransaction(pool, (tx) => unsubscribe(tx, id, personId)));
        if (removed) return reply.code(204).send(null);
        throw new AppError('not_found', `you have no subscription "${id}"`);
      },
    );

    app.post(
      '/push/receipts',
      {
        config: { access: 'public' },
        schema: {
          tags,
          summary:
            'A browser says that a notification has arrived, or was opened; `receipt` came with it',
          body: Type.Object(
            {
              receipt: Type.String({ maxLength: 200 }),
              event: Type.Union([Type.Literal('delivered'), Type.Literal('read')]),
            },
            { additionalProperties: false },
          ),
          response: { 204: Type.Null() },
        },
      },
      async ({ body: { receipt, event } }, reply) => {
        const notificationId = readReceiptToken(receipt, (await keys()).privateKey);
        const personId =
          notificationId === undefined ? undefined : await personToldByPush(pool, notificationId);
        if (notificationId === undefined || personId === undefined) {
          throw new AppError('bad_request', 'receipt is not one that came with a notification');
        }
        const now = clock.now();
        const at = { at: now, receivedAt: now };
        await recordReceipt(pool, { notificationId, personId, event, ...at, provider: 'web_push' });
        return reply.code(204).send(null);
      },
    );
  };

const ownPerson = ({ personId, username }: User): string => {
  if (personId !== null) return personId;
  throw new AppError(
    'conflict',
    `the account "${username}" belongs to no person who could be alerted; log in with a person's account`,
  );
};
