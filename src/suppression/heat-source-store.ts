import type { Queryable } from '../shared/db.ts';
import type { HeatSource, HeatSourceKind } from './heat-source.ts';
import type { Act, LayerHistory } from './layer.ts';
import { HISTORY_COLUMNS, type HistoryRow, type ListFilter, toHistory } from './layer-rows.ts';

const COLUMNS = `id, name, kind, description, lon, lat, radius_m, expires_at, ${HISTORY_COLUMNS}`;

export type SourceRow = HistoryRow & {
  id: string;
  name: string;
  kind: HeatSourceKind;
  description: string | null;
  lon: number;
  lat: number;
  radius_m: number;
  expires_at: Date;
};

export const toSource = (row: SourceRow): HeatSource => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  description: row.description,
  lon: row.lon,
  lat: row.lat,
  radiusM: row.radius_m,
  expiresAt: row.expires_at,
  ...toHistory(row),
});

type SourceInput = Omit<HeatSource, keyof LayerHistory>;
type SourceChange = Omit<SourceInput, 'expiresAt'> & { expiresAt: Date | undefined };

const valuesOf = (source: SourceChange, { actor, at }: Act): unknown[] => [
  source.id,
  source.name,
  source.kind,
  source.description,
  source.lon,
  source.lat,
  source.radiusM,
  source.expiresAt ?? null,
  at,
  actor,
];

/** Undefined when the id is taken, even by a cancelled one. */
export const insertHeatSource = async (
  db: Queryable,
  source: SourceInput,
  act: Act,
): Promise<HeatSource | undefined> => {
  const { rows } = await db.query<SourceRow>(
    `insert into heat_source (id, name, kind, description, lon, lat, radius_m, expires_at, created_at, created_by,
       updated_at, updated_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $9, $10)
     on conflict (id) do nothing returning ${COLUMNS}`,
    valuesOf(source, act),
  );
  return rows.map(toSource)[0];
};

/** Without `expiresAt` it stays as it was. Undefined when there is none, or it is cancelled. */
export const updateHeatSource = async (
  db: Queryable,
  source: SourceChange,
  act: Act,
): Promise<HeatSource | undefined> => {
  const { rows } = await db.query<SourceRow>(
    `update heat_source set name = $2, kind = $3, description = $4, lon = $5, lat = $6, radius_m = $7,
       expires_at = coalesce($8, expires_at), updated_at = $9, updated_by = $10
     where id = $1 and cancelled_at is null returning ${COLUMNS}`,
    valuesOf(source, act),
  );
  return rows.map(toSource)[0];
};

export const findHeatSource = async (
  db: Queryable,
  id: string,
): Promise<HeatSource | undefined> => {
  const { rows } = await db.query<SourceRow>(`select ${COLUMNS} from heat_source where id = $1`, [
    id,
  ]);
  return rows.map(toSource)[0];
};

/** By id. */
export const listHeatSources = async (db: Queryable, filter: ListFilter): Promise<HeatSource[]> => {
  const { rows } = await db.query<SourceRow>(
    `select ${COLUMNS} from heat_source
      where ($1::text is null or id > $1)
        and case when $2::boolean is null then cancelled_at is null
              else (cancelled_at is null and expires_at > $3) = $2 end
      order by id limit $4`,
    [filter.afterId ?? null, filter.inForce ?? null, filter.at, filter.limit],
  );
  return rows.map(toSource);
};
