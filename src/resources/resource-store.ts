import { one, type Queryable } from '../shared/db.ts';
import type { LonLat } from '../shared/geo.ts';
import { type Bbox, bboxOf, type Geometry } from '../shared/geometry.ts';
import { toJsonb } from '../shared/safe-json.ts';
import type { Resource, ResourceInput, ResourceKind } from './resource.ts';

const COLUMNS =
  'id, kind, name, geometry, properties, person_id, position_at, created_at, updated_at';

type ResourceRow = {
  id: string;
  kind: ResourceKind;
  name: string;
  geometry: Geometry;
  properties: Record<string, unknown>;
  person_id: string | null;
  position_at: Date | null;
  created_at: Date;
  updated_at: Date;
};

const toResource = (row: ResourceRow): Resource => ({
  id: row.id,
  kind: row.kind,
  name: row.name,
  geometry: row.geometry,
  properties: row.properties,
  personId: row.person_id,
  positionAt: row.position_at,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export type UpsertCounts = { created: number; updated: number };

/**
 * Stores resources by id; ids must not repeat, and must be in order where two imports may meet (they lock rows
 * as they go). `updated` counts all that were there before; those that say
 * nothing new are left untouched, so that importing a file again does not wake every process. A resource
 * that moves stands where the import puts it until its next position.
 */
export const upsertResources = async (
  db: Queryable,
  resources: readonly ResourceInput[],
): Promise<UpsertCounts> => {
  const rows = resources.map(({ personId, ...rest }) => {
    const [west, south, east, north] = bboxOf(rest.geometry);
    return { ...rest, person_id: personId, west, south, east, north };
  });
  const result = await db.query<{ created: number }>(
    `with changed as (
       insert into resource as r (id, kind, name, geometry, west, south, east, north, properties, person_id)
       select id, kind, name, geometry, west, south, east, north, properties, person_id
         from jsonb_to_recordset($1::jsonb) as given (id text, kind text, name text, geometry jsonb,
           west float8, south float8, east float8, north float8, properties jsonb, person_id text)
       on conflict (id) do update set kind = excluded.kind, name = excluded.name, geometry = excluded.geometry,
         west = excluded.west, south = excluded.south, east = excluded.east, north = excluded.north,
         properties = excluded.properties, person_id = excluded.person_id, position_at = null, updated_at = now()
       where (r.kind, r.name, r.geometry, r.properties, r.person_id, r.position_at)
         is distinct from (excluded.kind, excluded.name, excluded.geometry, excluded.properties, excluded.person_id,
           null::timestamptz)
       returning xmax = 0 as is_new
     )
     select count(*) filter (where is_new)::int as created from changed`,
    [toJsonb(rows)],
  );
  const { created } = one(result.rows);
  return { created, updated: resources.length - created };
};

/** Those of the ids that are persons; they cannot be deleted before the transaction ends. */
export const lockPersons = async (
  tx: Queryable,
  ids: readonly string[],
): Promise<ReadonlySet<string>> => {
  const { rows } = await tx.query<{ id: string }>(
    'select id from person where id = any($1) order by id for key share',
    [ids],
  );
  return new Set(rows.map((row) => row.id));
};

export type ResourceQuery = {
  kind?: ResourceKind | undefined;
  /** Only those whose box meets this one. */
  bbox?: Bbox | undefined;
  afterId?: string | undefined;
  limit: number;
};

/** Resources ordered by id. */
export const listResources = async (db: Queryable, query: ResourceQuery): Promise<Resource[]> => {
  const [west, south, east, north] = query.bbox ?? [null, null, null, null];
  const { rows } = await db.query<ResourceRow>(
    `select ${COLUMNS} from resource
      where ($1::text is null or kind = $1) and ($2::text is null or id > $2)
        and ($3::float8 is null or (east >= $3 and north >= $4 and west <= $5 and south <= $6))
      order by id limit $7`,
    [query.kind ?? null, query.afterId ?? null, west, south, east, north, query.limit],
  );
  return rows.map(toResource);
};

export const findResource = async (db: Queryable, id: string): Promise<Resource | undefined> => {
  const [resource] = await findResources(db, [id]);
  return resource;
};

/** Those of the ids that exist, in no particular order. */
export const findResources = async (db: Queryable, ids: readonly string[]): Promise<Resource[]> => {
  const { rows } = await db.query<ResourceRow>(
    `select ${COLUMNS} from resource where id = any($1)`,
    [ids],
  );
  return rows.map(toResource);
};

/** False when there was none. */
export const deleteResource = async (db: Queryable, id: string): Promise<boolean> => {
  const { rowCount } = await db.query('delete from resource where id = $1', [id]);
  return rowCount === 1;
};

/**
 * A later position wins, whatever the order of arrival. A clock that runs ahead counts as now: else one wrong
 * year would freeze the resource for good.
 */
const MOVE = `update resource
     set geometry = jsonb_build_object('type', 'Point', 'coordinates', jsonb_build_array($2::float8, $3::float8)),
       west = $2, east = $2, south = $3, north = $3, position_at = least($4, now()), updated_at = now()
   where geometry->>'type' = 'Point' and (position_at is null or position_at < least($4, now()))`;

export type Position = { lonLat: LonLat; at: Date };

/** False when the resource is no point, does not exist, or a later position is known. */
export const moveResource = async (
  db: Queryable,
  id: string,
  { lonLat, at }: Position,
): Promise<boolean> => {
  const { rowCount } = await db.query(`${MOVE} and id = $1`, [id, ...lonLat, at]);
  return rowCount === 1;
};

/** Moves every resource linked to the person; gives how many moved. Safe to repeat. */
export const moveResourcesOf = async (
  db: Queryable,
  personId: string,
  { lonLat, at }: Position,
): Promise<number> => {
  const { rowCount } = await db.query(`${MOVE} and person_id = $1`, [personId, ...lonLat, at]);
  return rowCount ?? 0;
};
