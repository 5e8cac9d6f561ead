import type { FastifyBaseLogger } from 'fastify';
import { AppError } from '../shared/app-error.ts';
import type { Clock } from '../shared/clock.ts';
import type { Pool } from '../shared/db.ts';
import { actorOf, type User } from '../shared/http.ts';
import type { Act, LayerRef } from './layer.ts';
import { cancelLayer } from './suppression-store.ts';

export type LayerRoutesDeps = {
  pool: Pool;
  clock: Clock;
  /** Told of each layer made, changed or cancelled, after it is committed. */
  onChanged: (layer: LayerRef) => Promise<void>;
};

export const actBy = (user: User, { clock }: LayerRoutesDeps): Act => ({
  actor: actorOf(user),
  at: clock.now(),
});

/** What is stored stays stored: when telling of it fails, the open incidents catch up at their next sweep. */
export const tellChanged = async (
  { onChanged }: LayerRoutesDeps,
  layer: LayerRef,
  log: FastifyBaseLogger,
): Promise<void> => {
  log.info({ layer }, 'suppression layer changed');
  try {
    await onChanged(layer);
  } catch (error) {
    log.error({ err: error, layer }, 'incidents could not be told of a changed layer');
  }
};

/** Cancels once; repeating it changes nothing and tells nobody. */
export const cancelOnce = async (
  deps: LayerRoutesDeps,
  layer: LayerRef,
  { user, log }: { user: User; log: FastifyBaseLogger },
): Promise<void> => {
  if (await cancelLayer(deps.pool, layer, actBy(user, deps))) await tellChanged(deps, layer, log);
};

const WORDS: Record<LayerRef['kind'], string> = {
  permitted_burn: 'permitted burn',
  heat_source: 'heat source',
  view_mask: 'mask',
};

/** The layer, or a 404. */
export const mustExist = <T>(found: T | undefined, { kind, id }: LayerRef): T => {
  if (found !== undefined) return found;
  throw new AppError('not_found', `there is no ${WORDS[kind]} "${id}"`);
};

export const idTaken = ({ kind, id }: LayerRef): AppError => {
  const message = 'is taken, perhaps by a cancelled one; choose another, or leave it out';
  return new AppError('conflict', `${WORDS[kind]} id "${id}" ${message}`, {
    errors: [{ path: 'id', message }],
  });
};

/** What an update gave back; a layer it did not find is cancelled, or was never there. */
export const mustBeChanged = async <T>(
  updated: T | undefined,
  layer: LayerRef,
  find: () => Promise<unknown>,
): Promise<T> => {
  if (updated !== undefined) return updated;
  mustExist(await find(), layer);
  throw isCancelled(layer);
};

const isCancelled = ({ kind, id }: LayerRef): AppError =>
  new AppError('conflict', `${WORDS[kind]} "${id}" is cancelled and stays so; make a new one`);
