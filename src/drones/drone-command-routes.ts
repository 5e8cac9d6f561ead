import Type from 'typebox';
import { DeviceIdSchema, type DeviceWithState, findDeviceWithState } from '../devices/index.ts';
import { AppError } from '../shared/app-error.ts';
import type { Clock } from '../shared/clock.ts';
import type { Pool } from '../shared/db.ts';
import type { DroneSettings } from '../shared/drone-config.ts';
import { LatSchema, LonSchema } from '../shared/geo.ts';
import {
  ANY_ROLE,
  type App,
  actorOf,
  PageQuery,
  PILOT_ROLES,
  pageOf,
  type RouteGroup,
  type User,
  type VisibleRegions,
} from '../shared/http.ts';
import type { Terrain } from '../terrain/index.ts';
import { type DroneCommand, orderOf } from './drone-command.ts';
import { CommandSchema, commandJson } from './drone-command-json.ts';
import { findActiveCommand, findCommand, listCommands } from './drone-command-store.ts';
import type { DroneCommands } from './drone-commands.ts';
import { flightSituation } from './flight-situation.ts';
import { planFlight } from './plan-flight.ts';
import { planOrder } from './plan-order.ts';

export type DroneCommandRoutesDeps = {
  pool: Pool;
  commands: DroneCommands;
  settings: DroneSettings;
  terrain: Terrain | undefined;
  visibleRegions: VisibleRegions;
  clock: Clock;
};

const IdParams = Type.Object({ id: DeviceIdSchema });
const Uuid = Type.String({ pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' });

const FlyToSchema = Type.Object(
  {
    lon: LonSchema,
    lat: LatSchema,
    heightM: Type.Optional(
      Type.Number({
        minimum: 20,
        maximum: 1500,
        description:
          'Above the ground at the point; where terrain is not known, above take-off. Default: the county’s (`drones.heightM`)',
      }),
    ),
    speedMps: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 15, description: 'At most; default: the county’s' }),
    ),
  },
  { additionalProperties: false },
);

/** `drones/{id}/fly-to`, `return-home`, `stop`, and what became of them. */
export const droneCommandRoutes =
  (deps: DroneCommandRoutesDeps): RouteGroup =>
  (app) => {
    flyToRoute(app, deps);
    orderRoute(app, deps, 'return');
    orderRoute(app, deps, 'stop');
    readRoutes(app, deps);
  };

const flyToRoute = (app: App, deps: DroneCommandRoutesDeps): void => {
  const { pool, commands, settings, terrain, clock } = deps;
  app.post(
    '/drones/:id/fly-to',
    {
      config: { access: PILOT_ROLES },
      schema: {
        tags: ['drones'],
        summary: 'Send a drone to a point; 202 with the command, to be followed',
        description:
          'From its dock it takes off, in the air it turns to the point. It flies over the highest ground on the way with the county’s clearance where terrain is imported (`notes` says `unknown_ground` where not). 409 when the aircraft cannot be asked now, 422 when the point cannot be flown to; both say why. What it answers and how it gets on: `GET drones/{id}/commands/{commandId}`.',
        params: IdParams,
        body: FlyToSchema,
        response: {
          202: Type.Object({
            ...CommandSchema.properties,
            notes: Type.Array(Type.Literal('unknown_ground')),
          }),
        },
      },
    },
    async ({ params: { id }, body, user }, reply) => {
      const drone = await requireDrone(deps, id, user);
      if (body.lon === 0 && body.lat === 0) {
        throw new AppError('unprocessable', 'The drone cannot be sent there', {
          errors: [{ path: 'lon', message: '0/0 is what equipment says when it has no fix' }],
        });
      }
      const gateway = await requireGateway(pool, drone);
      const plan = planFlight(
        { target: [body.lon, body.lat], heightM: body.heightM, speedMps: body.speedMps },
        flightSituation(drone, gateway),
        { settings, terrain, now: clock.now() },
      );
      if (plan.kind === 'refused') {
        throw new AppError(plan.code, `drone "${id}" is not sent: ${plan.reason}`);
      }
      const { method, altitudeM, flightHeightM, speedMps, notes } = plan;
      const command = await commands.send({
        deviceId: id,
        gatewayId: gateway.id,
        method,
        lon: body.lon,
        lat: body.lat,
        altitudeM,
        flightHeightM,
        speedMps,
        requestedBy: actorOf(user),
      });
      return reply
        .code(202)
        .header('location', locationOf(command))
        .send({ ...commandJson(command), notes });
    },
  );
};

const ORDERS = {
  return: {
    path: 'return-home',
    summary: 'Call a drone home; 202 with the command, to be followed',
    description:
      'Goes out also while an earlier command is unanswered, and takes its place. Done when it stands or its dock has it; cancelled when somebody takes over on the way. 409 when it is on the ground or its gateway offline.',
  },
  stop: {
    path: 'stop',
    summary: 'Make a drone stop where it is and hover; 202 with the command',
    description:
      'Ends a flight to a point, or its return when it is coming home. Goes out also while an earlier command is unanswered, and takes its place. Done when the aircraft has said that it will. 409 when it is on the ground or its gateway offline.',
  },
} as const;

const orderRoute = (app: App, deps: DroneCommandRoutesDeps, order: keyof typeof ORDERS): void => {
  const { pool, commands, clock } = deps;
  const { path, summary, description } = ORDERS[order];
  app.post(
    `/drones/:id/${path}`,
    {
      config: { access: PILOT_ROLES },
      schema: {
        tags: ['drones'],
        summary,
        description,
        params: IdParams,
        response: { 202: CommandSchema },
      },
    },
    async ({ params: { id }, user }, reply) => {
      const drone = await requireDrone(deps, id, user);
      const gateway = await requireGateway(pool, drone);
      const active = await findActiveCommand(pool, id);
      const situation = flightSituation(drone, gateway);
      const plan = planOrder(order, situation, { active, now: clock.now() });
      if (plan.kind === 'refused') {
        throw new AppError(plan.code, `drone "${id}" is not told to ${order}: ${plan.reason}`);
      }
      const command = await commands.send({
        ...orderOf(plan.method),
        deviceId: id,
        gatewayId: gateway.id,
        requestedBy: actorOf(user),
      });
      return reply.code(202).header('location', locationOf(command)).send(commandJson(command));
    },
  );
};

const locationOf = ({ id, deviceId }: DroneCommand): string =>
  `/api/v1/drones/${deviceId}/commands/${id}`;

/** Through which it is asked. Throws `conflict` where there is none that may be. */
const requireGateway = async (pool: Pool, drone: DeviceWithState): Promise<DeviceWithState> => {
  const { id, gatewayId } = drone;
  const gateway = gatewayId === null ? undefined : await findDeviceWithState(pool, gatewayId);
  if (gateway === undefined) {
    throw new AppError(
      'conflict',
      `drone "${id}" is registered to no gateway; set its gatewayId to its dock`,
    );
  }
  if (gateway.revoked) {
    throw new AppError('conflict', `the login of "${gateway.id}", its gateway, was revoked`);
  }
  return gateway;
};

const readRoutes = (app: App, deps: DroneCommandRoutesDeps): void => {
  app.get(
    '/drones/:id/commands',
    {
      config: { access: ANY_ROLE },
      schema: {
        tags: ['drones'],
        summary: 'What a drone was asked to do and what became of it, newest first',
        params: IdParams,
        querystring: Type.Object(
          { ...PageQuery, cursor: Type.Optional(Uuid) },
          { additionalProperties: false },
        ),
        response: { 200: pageOf(CommandSchema) },
      },
    },
    async ({ params: { id }, query, user }) => {
      await requireDrone(deps, id, user);
      const { limit = 50, cursor } = query;
      const found = await listCommands(deps.pool, {
        deviceId: id,
        beforeId: cursor,
        limit: limit + 1,
      });
      const items = found.slice(0, limit).map(commandJson);
      const last = items.at(-1);
      return found.length > limit && last !== undefined ? { items, next: last.id } : { items };
    },
  );

  app.get(
    '/drones/:id/commands/:commandId',
    {
      config: { access: ANY_ROLE },
      schema: {
        tags: ['drones'],
        summary: 'One of them: how far it has got, and what the aircraft said',
        params: Type.Object({ id: DeviceIdSchema, commandId: Uuid }),
        response: { 200: CommandSchema },
      },
    },
    async ({ params: { id, commandId }, user }) => {
      await requireDrone(deps, id, user);
      const command = await findCommand(deps.pool, id, commandId);
      if (command === undefined)
        throw new AppError('not_found', `command "${commandId}" does not exist`);
      return commandJson(command);
    },
  );
};

const requireDrone = async (
  { pool, visibleRegions }: DroneCommandRoutesDeps,
  id: string,
  user: User,
): Promise<DeviceWithState> => {
  const device = await findDeviceWithState(pool, id);
  const regions = visibleRegions(user);
  const isVisible = device !== undefined && (regions === null || regions.has(device.regionId));
  if (!isVisible || device.kind !== 'drone') {
    throw new AppError('not_found', `drone "${id}" is not registered`);
  }
  return device;
};
