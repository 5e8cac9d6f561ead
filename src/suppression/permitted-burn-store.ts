import type { Queryable } from '../shared/db.ts';
import { bboxOf } from '../shared/geometry.ts';
import { toJsonb } from '../shared/safe-json.ts';
import type { Act, LayerHistory } from './layer.ts';
import { HISTORY_COLUMNS, type HistoryRow, type ListFilter, toHistory } from './layer-rows.ts';
import type { BurnGeometry, PermittedBurn } from './permitted-burn.ts';

const COLUMNS = `id, name, geometry, starts_at, ends_at, permit_number, contact, ${HISTORY_COLUMNS}`;

export type BurnRow = HistoryRow & {
  id: string;
  name: string;
  geometry: BurnGeometry;
  starts_at: Date;
  ends_at: Date;
  permit_number: string | null;
  contact: string | null;
};

export const toBurn = (row: BurnRow): PermittedBurn => ({
  id: row.id,
  name: row.name,
  geometry: row.geometry,
  startsAt: row.starts_at,
  endsAt: row.ends_at,
  permitNumber: row.permit_number,
  contact: row.contact,
  ...toHistory(row),
});

export type BurnInput = Omit<PermittedBurn, keyof LayerHistory>;

const valuesOf = (burn: BurnInput, { actor, at }: Act): unknown[] => [
  burn.id,
  burn.name,
  toJsonb(burn.geometry),
  ...bboxOf(burn.geometry),
  burn.startsAt,
  burn.endsAt,
  burn.permitNumber,
  burn.contact,
  at,
  actor,
];

/** Undefined when the id is taken, even by a cancelled one. */
export const insertBurn = async (
  db: Queryable,
  burn: BurnInput,
  act: Act,
): Promise<PermittedBurn | undefined> => {
  const { rows } = await db.query<BurnRow>(
    `insert into permitted_burn (id, name, geometry, west, south, east, north, starts_at, ends_at, permit_number,
       contact, created_at, created_by, updated_at, updated_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $12, $13)
     on conflict (id) do nothing returning ${COLUMNS}`,
    valuesOf(burn, act),
  );
  return rows.map(toBurn)[0];
};

/** Undefined when there is none, or it is cancelled. */
export const updateBurn = async (
  db: Queryable,
  burn: BurnInput,
  act: Act,
): Promise<PermittedBurn | undefined> => {
  const { rows } = await db.query<BurnRow>(
    `update permitted_burn set name = $2, geometry = $3, west = $4, south = $5, east = $6, north = $7,
       starts_at = $8, ends_at = $9, permit_number = $10, contact = $11, updated_at = $12, updated_by = $13
     where id = $1 and cancelled_at is null returning ${COLUMNS}`,
    valuesOf(burn, act),
  );
  return rows.map(toBurn)[0];
};

export const findBurn = async (db: Queryable, id: string): Promise<PermittedBurn | undefined> => {
  const { rows } = await db.query<BurnRow>(`select ${COLUMNS} from permitted_burn where id = $1`, [
    id,
  ]);
  return rows.map(toBurn)[0];
};

/** By id. */
export const listBurns = async (db: Queryable, filter: ListFilter): Promise<PermittedBurn[]> => {
  const { rows } = await db.query<BurnRow>(
    `select ${COLUMNS} from permitted_burn
      where ($1::text is null or id > $1)
        and case when $2::boolean is null then cancelled_at is null
              else (cancelled_at is null and starts_at <= $3 and ends_at >= $3) = $2 end
      order by id limit $4`,
    [filter.afterId ?? null, filter.inForce ?? null, filter.at, filter.limit],
  );
  return rows.map(toBurn);
};
