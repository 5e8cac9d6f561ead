import Type, { type Static } from 'typebox';
import { type Device, DeviceIdSchema, findDevice } from '../devices/index.ts';
import { AppError } from '../shared/app-error.ts';
import {
  ANY_ROLE,
  type App,
  COMMAND_ROLES,
  pageOf,
  type RouteGroup,
  type User,
  type VisibleRegions,
} from '../shared/http.ts';
import { newId } from '../shared/ids.ts';
import { LayerIdSchema, type LayerRef } from './layer.ts';
import { defaultExpiry, MASK_LIFETIME } from './layer-check.ts';
import { filterOf, LayerListQuery, pageFrom } from './layer-list.ts';
import {
  actBy,
  cancelOnce,
  idTaken,
  type LayerRoutesDeps,
  mustExist,
  tellChanged,
} from './layer-write.ts';
import { maskFaults } from './mask-check.ts';
import { refuseFaults } from './refuse-faults.ts';
import { MaskSchema, NewMaskSchema, toMaskBody } from './view-mask.ts';
import { findMask, insertMask, listMasks } from './view-mask-store.ts';

export type MaskRoutesDeps = LayerRoutesDeps & { visibleRegions: VisibleRegions };

const DeviceParams = Type.Object({ id: DeviceIdSchema });
const MaskParams = Type.Object({ id: DeviceIdSchema, maskId: LayerIdSchema });
const tags = ['suppression'];

/** `devices/{id}/masks`: sectors of a camera's view that often show what is no fire. A mask is not changed: it is cancelled and made anew. */
export const viewMaskRoutes =
  (deps: MaskRoutesDeps): RouteGroup =>
  (app) => {
    readRoute(app, deps);
    writeRoutes(app, deps);
  };

const ref = (id: string): LayerRef => ({ kind: 'view_mask', id });

const inputOf = (id: string, deviceId: string, body: Static<typeof NewMaskSchema>) => ({
  id,
  deviceId,
  azimuthFromDeg: body.azimuthFromDeg,
  azimuthToDeg: body.azimuthToDeg,
  elevationFromDeg: body.elevationFromDeg ?? -90,
  elevationToDeg: body.elevationToDeg ?? 90,
  reason: body.reason,
  note: body.note?.trim() ?? null,
});

const readRoute = (app: App, deps: MaskRoutesDeps): void => {
  app.get(
    '/devices/:id/masks',
    {
      config: { access: ANY_ROLE },
      schema: {
        tags,
        summary: 'Masks of a camera’s view, by id',
        params: DeviceParams,
        querystring: LayerListQuery,
        response: { 200: pageOf(MaskSchema) },
      },
    },
    async ({ params, query, user }) => {
      const { id } = await requireDevice(deps, params.id, user);
      const found = await listMasks(deps.pool, id, filterOf(query, deps.clock.now()));
      return pageFrom(found.map(toMaskBody), query);
    },
  );
};

const writeRoutes = (app: App, deps: MaskRoutesDeps): void => {
  const { pool } = deps;

  app.post(
    '/devices/:id/masks',
    {
      attachValidation: true,
      config: { access: COMMAND_ROLES },
      schema: {
        tags,
        summary: 'Mask a sector of a camera’s view: what it sees there counts for less',
        params: DeviceParams,
        body: NewMaskSchema,
        response: { 201: MaskSchema },
      },
    },
    async (request, reply) => {
      const { body, user, log } = request;
      const act = actBy(user, deps);
      refuseFaults(request, maskFaults(body, act.at));
      const device = await requireDevice(deps, request.params.id, user);
      if (device.kind !== 'camera') throw notACamera(device);
      const { id = newId(), expiresAt } = body;
      const expiry =
        expiresAt === undefined ? defaultExpiry(MASK_LIFETIME, act.at) : new Date(expiresAt);
      const input = { ...inputOf(id, device.id, body), expiresAt: expiry };
      const mask = await insertMask(pool, input, act);
      if (mask === undefined) throw idTaken(ref(id));
      await tellChanged(deps, ref(id), log);
      return reply.code(201).send(toMaskBody(mask));
    },
  );

  app.delete(
    '/devices/:id/masks/:maskId',
    {
      config: { access: COMMAND_ROLES },
      schema: {
        tags,
        summary: 'Cancel a mask; it stays to be read, with who cancelled it',
        params: MaskParams,
        response: { 204: Type.Null() },
      },
    },
    async ({ params: { id, maskId }, user, log }, reply) => {
      const device = await requireDevice(deps, id, user);
      const mask = await findMask(pool, maskId);
      mustExist(mask?.deviceId === device.id ? mask : undefined, ref(maskId));
      await cancelOnce(deps, ref(maskId), { user, log });
      return reply.code(204).send(null);
    },
  );
};

/** A device of a region the user does not see is not there for them. */
const requireDevice = async (
  { pool, visibleRegions }: MaskRoutesDeps,
  id: string,
  user: User,
): Promise<Device> => {
  const device = await findDevice(pool, id);
  const regions = visibleRegions(user);
  if (device !== undefined && (regions === null || regions.has(device.regionId))) return device;
  throw new AppError('not_found', `device "${id}" is not registered`);
};

const notACamera = ({ id, kind }: Device): AppError => {
  const message = `"${id}" is a ${kind}; only a camera stands still enough for a mask`;
  return new AppError('unprocessable', message, { errors: [{ path: 'id', message }] });
};
