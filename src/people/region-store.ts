import type { Queryable } from '../shared/db.ts';
import { toJsonb } from '../shared/safe-json.ts';
import type { Region, RegionGeometry, RegionLevel } from './region.ts';
import type { KnownRegion } from './region-check.ts';

type RegionRow = {
  id: string;
  name: string;
  level: RegionLevel;
  parent_id: string | null;
  code: string;
  geometry: RegionGeometry | null;
  properties: Record<string, unknown>;
};

const toRegion = (row: RegionRow): Region => ({
  id: row.id,
  name: row.name,
  level: row.level,
  parentId: row.parent_id,
  code: row.code,
  geometry: row.geometry,
  properties: row.properties,
});

export const listRegions = async (db: Queryable): Promise<Region[]> => {
  const { rows } = await db.query<RegionRow>(
    `select id, name, level, parent_id, code, geometry, properties from region order by id collate "C"`,
  );
  return rows.map(toRegion);
};

/** Reads the tree and keeps it from changing until the transaction ends, so that two imports cannot close a circle. */
export const lockRegionTree = async (tx: Queryable): Promise<KnownRegion[]> => {
  await tx.query('lock table region in share row exclusive mode');
  const { rows } = await tx.query<RegionRow>('select id, level, parent_id from region');
  return rows.map((row) => ({ id: row.id, level: row.level, parentId: row.parent_id }));
};

/** Inserts or replaces by id; parents may come later in the list. One statement, whatever the number. */
export const upsertRegions = async (tx: Queryable, regions: readonly Region[]): Promise<void> => {
  await tx.query(
    `insert into region (id, name, level, parent_id, code, geometry, properties)
     select r.id, r.name, r.level, r."parentId", r.code, r.geometry, r.properties
     from jsonb_to_recordset($1::jsonb) as r (id text, name text, level text, "parentId" text, code text,
       geometry jsonb, properties jsonb)
     on conflict (id) do update set name = excluded.name, level = excluded.level,
       parent_id = excluded.parent_id, code = excluded.code, geometry = excluded.geometry,
       properties = excluded.properties, updated_at = now()`,
    [toJsonb(regions)],
  );
};
