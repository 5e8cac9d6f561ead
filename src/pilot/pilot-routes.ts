import { createHash } from 'node:crypto';
import Type from 'typebox';
import {
  createSecret,
  DeviceIdSchema,
  findDeviceWithState,
  hashSecret,
  type RegisterDeps,
  registerDevice,
  replaceSecret,
} from '../devices/index.ts';
import { AppError } from '../shared/app-error.ts';
import {
  actorOf,
  PILOT_ROLES,
  type RouteGroup,
  type User,
  type VisibleRegions,
} from '../shared/http.ts';
import { admitController } from './admit-controller.ts';

export type PilotRoutesDeps = RegisterDeps & {
  /** Of the county's app at developer.dji.com; undefined = not set. */
  app: { id: string; key: string; license: string } | undefined;
  organizationId: string;
  organizationName: string;
  /** The broker as a controller reaches it that reaches us as `hostname`. Throws `conflict` when it cannot. */
  brokerAddress: (hostname: string) => string;
  visibleRegions: VisibleRegions;
  /** Keeps who logged which controller in. */
  record: (login: { gatewayId: string; by: string }) => Promise<void>;
};

/** What the page at `/pilot` asks for to hand a controller with Pilot 2 its login. */
export const pilotRoutes =
  (deps: PilotRoutesDeps): RouteGroup =>
  (app) => {
    const { organizationId, organizationName } = deps;
    app.get(
      '/pilot',
      {
        config: { access: PILOT_ROLES },
        schema: {
          tags: ['drones'],
          summary: 'What Pilot 2 checks and shows of this platform',
          response: {
            200: Type.Object({
              platform: Type.String(),
              workspaceId: Type.String({ format: 'uuid' }),
              appId: Type.String(),
              appKey: Type.String(),
              appLicense: Type.String(),
            }),
          },
        },
      },
      async (_request, reply) => {
        if (deps.app === undefined) {
          throw new AppError(
            'conflict',
            'Pilot 2 asks for the licence of the platform; set DJI_APP_ID, DJI_APP_KEY and DJI_APP_LICENSE',
          );
        }
        const { id, key, license } = deps.app;
        void reply.header('cache-control', 'no-store');
        return {
          platform: organizationName,
          workspaceId: uuidOf(organizationId),
          appId: id,
          appKey: key,
          appLicense: license,
        };
      },
    );

    app.post(
      '/pilot/login',
      {
        config: { access: PILOT_ROLES },
        schema: {
          tags: ['drones'],
          summary: 'Log a controller in to the broker; the answer holds its MQTT login, once',
          description:
            'A controller nobody has registered is registered (kind dock), in your region. One that is gets a new secret, and an open connection of its old one ends. 409 for a dock, and for a controller whose login was revoked.',
          body: Type.Object({ gatewaySn: DeviceIdSchema }, { additionalProperties: false }),
          response: {
            200: Type.Object({
              host: Type.String({ description: 'tcp://, ssl:// or ws://' }),
              username: DeviceIdSchema,
              password: Type.String(),
            }),
          },
        },
      },
      async ({ body: { gatewaySn }, user, hostname, log }, reply) => {
        const host = deps.brokerAddress(hostname);
        const password = await admit(deps, gatewaySn, user);
        const by = actorOf(user);
        await deps.record({ gatewayId: gatewaySn, by });
        log.info({ deviceId: gatewaySn, by }, 'controller logged in');
        void reply.header('cache-control', 'no-store');
        return { host, username: gatewaySn, password };
      },
    );
  };

const admit = async (deps: PilotRoutesDeps, sn: string, user: User): Promise<string> => {
  const known = await findDeviceWithState(deps.pool, sn);
  const regions = deps.visibleRegions(user);
  const isVisible = known === undefined || regions === null || regions.has(known.regionId);
  const admission = admitController(known, isVisible);
  if (admission.kind === 'refused') throw new AppError(admission.code, admission.reason);
  if (admission.kind === 'register') {
    const { secret } = await registerDevice(deps, {
      id: sn,
      kind: 'dock',
      name: sn,
      regionId: user.regionIds[0] ?? 'default',
      properties: { controller: true, registeredBy: actorOf(user) },
    });
    return secret;
  }
  const secret = createSecret();
  await replaceSecret(deps.pool, sn, hashSecret(secret));
  return secret;
};

/** Pilot 2 wants the workspace named by a UUID, the same each time. */
const uuidOf = (text: string): string =>
  createHash('sha256')
    .update(text)
    .digest('hex')
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5');
