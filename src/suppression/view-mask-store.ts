import type { Queryable } from '../shared/db.ts';
import type { Act, LayerHistory } from './layer.ts';
import { HISTORY_COLUMNS, type HistoryRow, type ListFilter, toHistory } from './layer-rows.ts';
import type { MaskReason, ViewMask } from './view-mask.ts';

const COLUMNS = `id, device_id, azimuth_from_deg, azimuth_to_deg, elevation_from_deg, elevation_to_deg, reason, note,
  expires_at, ${HISTORY_COLUMNS}`;

export type MaskRow = HistoryRow & {
  id: string;
  device_id: string;
  azimuth_from_deg: number;
  azimuth_to_deg: number;
  elevation_from_deg: number;
  elevation_to_deg: number;
  reason: MaskReason;
  note: string | null;
  expires_at: Date;
};

export const toMask = (row: MaskRow): ViewMask => ({
  id: row.id,
  deviceId: row.device_id,
  azimuthFromDeg: row.azimuth_from_deg,
  azimuthToDeg: row.azimuth_to_deg,
  elevationFromDeg: row.elevation_from_deg,
  elevationToDeg: row.elevation_to_deg,
  reason: row.reason,
  note: row.note,
  expiresAt: row.expires_at,
  ...toHistory(row),
});

/** Undefined when the id is taken, even by a cancelled one. The device must exist. */
export const insertMask = async (
  db: Queryable,
  mask: Omit<ViewMask, keyof LayerHistory>,
  { actor, at }: Act,
): Promise<ViewMask | undefined> => {
  const { rows } = await db.query<MaskRow>(
    `insert into view_mask (id, device_id, azimuth_from_deg, azimuth_to_deg, elevation_from_deg, elevation_to_deg,
       reason, note, expires_at, created_at, created_by, updated_at, updated_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10, $11)
     on conflict (id) do nothing returning ${COLUMNS}`,
    [
      mask.id,
      mask.deviceId,
      mask.azimuthFromDeg,
      mask.azimuthToDeg,
      mask.elevationFromDeg,
      mask.elevationToDeg,
      mask.reason,
      mask.note,
      mask.expiresAt,
      at,
      actor,
    ],
  );
  return rows.map(toMask)[0];
};

export const findMask = async (db: Queryable, id: string): Promise<ViewMask | undefined> => {
  const { rows } = await db.query<MaskRow>(`select ${COLUMNS} from view_mask where id = $1`, [id]);
  return rows.map(toMask)[0];
};

/** Those of one device, by id. */
export const listMasks = async (
  db: Queryable,
  deviceId: string,
  filter: ListFilter,
): Promise<ViewMask[]> => {
  const { rows } = await db.query<MaskRow>(
    `select ${COLUMNS} from view_mask
      where device_id = $5 and ($1::text is null or id > $1)
        and case when $2::boolean is null then cancelled_at is null
              else (cancelled_at is null and expires_at > $3) = $2 end
      order by id limit $4`,
    [filter.afterId ?? null, filter.inForce ?? null, filter.at, filter.limit, deviceId],
  );
  return rows.map(toMask);
};
