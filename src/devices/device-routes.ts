import Type from 'typebox';
import { AppError } from '../shared/app-error.ts';
import type { Clock } from '../shared/clock.ts';
import {
  ADMIN_ONLY,
  ANY_ROLE,
  type App,
  PageQuery,
  pageOf,
  type RouteGroup,
  type VisibleRegions,
} from '../shared/http.ts';
import { replaceSecret, revokeCredential } from './credential-store.ts';
import {
  DeviceIdSchema,
  DeviceKindSchema,
  DeviceRegistrationSchema,
  DeviceSchema,
} from './device.ts';
import { HEALTH_STATUSES, type HealthStatus } from './device-health.ts';
import { deviceJson, ListedDeviceSchema } from './device-json.ts';
import { withoutSecrets } from './device-secrets.ts';
import { findDeviceWithState, listDevices } from './device-state-store.ts';
import { changeDevice, type RegisterDeps, registerDevice } from './register-device.ts';
import { createSecret, hashSecret } from './secret.ts';

export type DeviceRoutesDeps = RegisterDeps & { visibleRegions: VisibleRegions; clock: Clock };

const IdParams = Type.Object({ id: DeviceIdSchema });
const Secret = Type.String({ description: 'Password of its MQTT login; shown only this once' });

/** Id and kind are what its topics and stored readings hang on; they stay. */
const DeviceChangeSchema = Type.Partial(Type.Omit(DeviceRegistrationSchema, ['id', 'kind']));

/** `devices`, `devices/{id}`, its secret and its revocation. */
export const deviceRoutes =
  (deps: DeviceRoutesDeps): RouteGroup =>
  (app) => {
    readRoutes(app, deps);
    writeRoutes(app, deps);
    loginRoutes(app, deps);
  };

const readRoutes = (app: App, { pool, visibleRegions }: DeviceRoutesDeps): void => {
  app.get(
    '/devices',
    {
      config: { access: ANY_ROLE },
      schema: {
        tags: ['devices'],
        summary: 'Devices of the regions you see with their latest state, by id',
        querystring: Type.Object(
          {
            ...PageQuery,
            kind: Type.Optional(DeviceKindSchema),
            health: Type.Optional(
              Type.String({
                pattern: `^(${HEALTH_STATUSES.join('|')})(,(${HEALTH_STATUSES.join('|')}))*$`,
                description: `One or more of ${HEALTH_STATUSES.join(', ')}, with commas`,
              }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 200: pageOf(ListedDeviceSchema) },
      },
    },
    async ({ query, user }) => {
      const { limit = 50, cursor, kind, health } = query;
      const regions = visibleRegions(user);
      const found = await listDevices(pool, {
        kind,
        health: health === undefined ? undefined : statusesIn(health),
        regionIds: regions === null ? undefined : [...regions],
        afterId: cursor,
        limit: limit + 1,
      });
      const items = found.slice(0, limit).map(deviceJson);
      const last = items.at(-1);
      return found.length > limit && last !== undefined ? { items, next: last.id } : { items };
    },
  );

  app.get(
    '/devices/:id',
    {
      config: { access: ANY_ROLE },
      schema: {
        tags: ['devices'],
        summary: 'A device with its latest state',
        params: IdParams,
        response: { 200: ListedDeviceSchema },
      },
    },
    async ({ params, user }) => {
      const device = await findDeviceWithState(pool, params.id);
      const regions = visibleRegions(user);
      if (device === undefined || (regions !== null && !regions.has(device.regionId))) {
        throw notRegistered(params.id);
      }
      return deviceJson(device);
    },
  );
};

const writeRoutes = (app: App, deps: DeviceRoutesDeps): void => {
  app.post(
    '/devices',
    {
      config: { access: ADMIN_ONLY },
      schema: {
        tags: ['devices'],
        summary: 'Register a device; the answer holds its MQTT secret, once',
        description:
          'MQTT user name = id, password = secret. Fields not listed here are kept in `properties`.',
        body: DeviceRegistrationSchema,
        response: { 201: Type.Object({ ...DeviceSchema.properties, secret: Secret }) },
      },
    },
    async ({ body }, reply) => {
      const { device, secret } = await registerDevice(deps, body);
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ ...withoutSecrets(device), secret });
    },
  );

  app.patch(
    '/devices/:id',
    {
      config: { access: ADMIN_ONLY },
      schema: {
        tags: ['devices'],
        summary: 'Change a device; what is not given stays',
        params: IdParams,
        body: DeviceChangeSchema,
        response: { 200: DeviceSchema },
      },
    },
    async ({ params, body }) => withoutSecrets(await changeDevice(deps, params.id, body)),
  );
};

const loginRoutes = (app: App, { pool, clock }: DeviceRoutesDeps): void => {
  app.post(
    '/devices/:id/secret',
    {
      config: { access: ADMIN_ONLY },
      schema: {
        tags: ['devices'],
        summary: 'Give a device a new MQTT secret; the old one no longer works',
        params: IdParams,
        response: { 200: Type.Object({ id: DeviceIdSchema, secret: Secret }) },
      },
    },
    async ({ params: { id } }, reply) => {
      await requireDevice(id);
      const secret = createSecret();
      await replaceSecret(pool, id, hashSecret(secret));
      void reply.header('cache-control', 'no-store');
      return { id, secret };
    },
  );

  app.post(
    '/devices/:id/revoke',
    {
      config: { access: ADMIN_ONLY },
      schema: {
        tags: ['devices'],
        summary: 'Stop a device’s MQTT login (stolen, sold); a new secret starts it again',
        params: IdParams,
        response: { 200: ListedDeviceSchema },
      },
    },
    async ({ params: { id } }) => {
      await requireDevice(id);
      await revokeCredential(pool, id, clock.now());
      return deviceJson(await requireDevice(id));
    },
  );

  /** A person's login has the same table; only a device's may be touched here. */
  const requireDevice = async (id: string) => {
    const device = await findDeviceWithState(pool, id);
    if (device === undefined) throw notRegistered(id);
    return device;
  };
};

const statusesIn = (list: string): HealthStatus[] => {
  const wanted = list.split(',');
  return HEALTH_STATUSES.filter((status) => wanted.includes(status));
};

const notRegistered = (id: string): AppError =>
  new AppError('not_found', `device "${id}" is not registered`);
