import Type from 'typebox';
import { hideSecret, maskAddress, seesAddresses } from '../people/index.ts';
import type { Pool } from '../shared/db.ts';
import {
  type AccessRole,
  COMMAND_ROLES,
  PageQuery,
  pageOf,
  type RouteGroup,
  type VisibleRegions,
} from '../shared/http.ts';
import { NotificationSchema } from './notification.ts';
import { listNotifications } from './notification-read-store.ts';

const READERS: readonly AccessRole[] = ['viewer', ...COMMAND_ROLES];

const ListQuery = Type.Object(
  {
    ...PageQuery,
    cursor: Type.Optional(Type.String({ format: 'uuid' })),
    incident: Type.Optional(
      Type.String({ maxLength: 64, description: 'id or number of an incident' }),
    ),
  },
  { additionalProperties: false },
);

/** `GET notifications?incident=`: who was told what, when, over which provider, and what became of it. */
export const notificationRoutes =
  (deps: { pool: Pool; visibleRegions: VisibleRegions }): RouteGroup =>
  (app) => {
    app.get(
      '/notifications',
      {
        config: { access: READERS },
        schema: {
          tags: ['notifications'],
          summary: 'Notifications with every attempt and receipt, newest first',
          querystring: ListQuery,
          response: { 200: pageOf(NotificationSchema) },
        },
      },
      async ({ query, user }) => {
        const { limit = 50, cursor, incident } = query;
        const regions = deps.visibleRegions(user);
        const found = await listNotifications(deps.pool, {
          incident: incident ?? null,
          regionIds: regions === null ? null : [...regions],
          before: cursor ?? null,
          limit: limit + 1,
        });
        const open = seesAddresses(user.roles);
        const items = found.slice(0, limit).map((notification) => {
          const own = notification.personId === user.personId;
          const { channel, address } = notification;
          const shown = open || own ? hideSecret(channel, address) : maskAddress(channel, address);
          return { ...notification, address: shown };
        });
        const last = items.at(-1);
        return found.length > limit && last !== undefined ? { items, next: last.id } : { items };
      },
    );
  };
