import type { Queryable } from '../shared/db.ts';
import type { LonLat } from '../shared/geo.ts';
import { toJsonb } from '../shared/safe-json.ts';

/**
 * Brings devices that stand in `default` to the region around them, and what has no place of its own (aircraft) to that
 * of its gateway; returns how many. A region somebody chose stays.
 */
export const placeDevices = async (
  tx: Queryable,
  regionIdAt: (point: LonLat) => string,
): Promise<number> => {
  const { rows } = await tx.query<{ id: string; lon: number; lat: number }>(
    `select id, lon, lat from device where region_id = 'default' and lon is not null for update`,
  );
  const placed = rows.map(({ id, lon, lat }) => ({ id, regionId: regionIdAt([lon, lat]) }));
  const { rowCount: byPosition } = await tx.query(
    `update device d set region_id = p."regionId", updated_at = now()
       from jsonb_to_recordset($1::jsonb) as p (id text, "regionId" text)
      where d.id = p.id and d.region_id <> p."regionId"`,
    [toJsonb(placed)],
  );
  const { rowCount: byGateway } = await tx.query(
    `update device d set region_id = g.region_id, updated_at = now() from device g
      where d.gateway_id = g.id and d.lon is null and d.region_id = 'default' and g.region_id <> 'default'`,
  );
  return (byPosition ?? 0) + (byGateway ?? 0);
};
