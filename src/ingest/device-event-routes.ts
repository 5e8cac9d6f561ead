import Type from 'typebox';
import { DeviceIdSchema, findDevice } from '../devices/index.ts';
import { AppError } from '../shared/app-error.ts';
import type { Pool } from '../shared/db.ts';
import {
  ANY_ROLE,
  DateTimeSchema,
  PageQuery,
  pageOf,
  type RouteGroup,
  type VisibleRegions,
} from '../shared/http.ts';
import { listDeviceEvents } from './device-event-store.ts';

const EventSchema = Type.Object({
  id: Type.String(),
  method: Type.String({ description: 'As the device names it: `hms`, `flighttask_progress` …' }),
  observedAt: DateTimeSchema,
  receivedAt: DateTimeSchema,
  data: Type.Unknown({ description: 'As it came' }),
});

/** `devices/{id}/events`: what a gateway reported beside telemetry, as it came. */
export const deviceEventRoutes =
  ({ pool, visibleRegions }: { pool: Pool; visibleRegions: VisibleRegions }): RouteGroup =>
  (app) => {
    app.get(
      '/devices/:id/events',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['devices'],
          summary: 'What a gateway reported beside telemetry, newest first',
          description:
            'Health messages (`hms`), the progress of tasks, uploads, requests, and whatever else it says. The last health messages and the task under way stand in the device’s latest state as well.',
          params: Type.Object({ id: DeviceIdSchema }),
          querystring: Type.Object(
            {
              ...PageQuery,
              cursor: Type.Optional(Type.String({ pattern: '^\\d{1,18}$' })),
              method: Type.Optional(Type.String({ maxLength: 200 })),
            },
            { additionalProperties: false },
          ),
          response: { 200: pageOf(EventSchema) },
        },
      },
      async ({ params: { id }, query, user }) => {
        const device = await findDevice(pool, id);
        const regions = visibleRegions(user);
        if (device === undefined || (regions !== null && !regions.has(device.regionId))) {
          throw new AppError('not_found', `device "${id}" is not registered`);
        }
        const { limit = 50, cursor, method } = query;
        const found = await listDeviceEvents(pool, {
          deviceId: id,
          method,
          beforeId: cursor,
          limit: limit + 1,
        });
        const items = found.slice(0, limit).map((event) => ({
          id: event.id,
          method: event.method,
          observedAt: event.observedAt.toISOString(),
          receivedAt: event.receivedAt.toISOString(),
          data: event.data,
        }));
        const last = items.at(-1);
        return found.length > limit && last !== undefined ? { items, next: last.id } : { items };
      },
    );
  };
