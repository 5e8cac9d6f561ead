import type { Queryable } from '../shared/db.ts';
import type { LonLat } from '../shared/geo.ts';
import type { Bbox } from '../shared/geometry.ts';
import { heatSourcesNear } from './heat-source-store.ts';
import type { Act, LayerRef } from './layer.ts';
import { burnsNear } from './permitted-burn-store.ts';
import type { SuppressionLayers } from './suppressions-at.ts';
import { masksOf } from './view-mask-store.ts';

export type Near = ({ point: LonLat } | { bbox: Bbox }) & {
  at: Date;
  /** Whose masks are wanted: the devices that saw it. */
  deviceIds: readonly string[];
};

/**
 * The layers in force at an instant that may touch a place: what `suppressionsAt` is asked with. One short query
 * a layer, by box; the exact geometry is decided in memory.
 */
export const layersNear = async (db: Queryable, near: Near): Promise<SuppressionLayers> => {
  const bbox: Bbox = 'bbox' in near ? near.bbox : [...near.point, ...near.point];
  return {
    burns: await burnsNear(db, bbox, near.at),
    heatSources: await heatSourcesNear(db, bbox, near.at),
    masks: near.deviceIds.length === 0 ? [] : await masksOf(db, near.deviceIds, near.at),
  };
};

/** Ends a layer; it stays to be read. False when there is none, or it is cancelled already. */
export const cancelLayer = async (
  db: Queryable,
  { kind, id }: LayerRef,
  { actor, at }: Act,
): Promise<boolean> => {
  // `kind` names the table, and is one of three words of our own.
  const { rowCount } = await db.query(
    `update ${kind} set cancelled_at = $2, cancelled_by = $3 where id = $1 and cancelled_at is null`,
    [id, at, actor],
  );
  return rowCount === 1;
};
