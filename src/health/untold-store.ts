import type { DeviceProblem, HealthStatus } from '../devices/index.ts';
import type { Queryable } from '../shared/db.ts';
import type { ProblemCode } from '../shared/health-config.ts';

/** A device of which there is something to tell. */
export type Untold = {
  id: string;
  name: string;
  kind: string;
  regionId: string;
  gatewayId: string | null;
  status: HealthStatus;
  since: Date;
  problems: DeviceProblem[];
  told: ProblemCode[];
  untoldSince: Date;
};

/** Oldest news first. */
export const listUntold = async (tx: Queryable): Promise<Untold[]> => {
  const { rows } = await tx.query<Untold>(
    `select d.id, d.name, d.kind, d.region_id as "regionId", d.gateway_id as "gatewayId", h.status, h.since, h.problems,
       h.told, h.untold_since as "untoldSince"
     from device_health h join device d on d.id = h.device_id
     where h.untold_since is not null order by h.untold_since, d.id`,
  );
  return rows;
};

export const saveTold = async (
  tx: Queryable,
  told: readonly { id: string; told: readonly ProblemCode[] }[],
): Promise<void> => {
  await tx.query(
    `update device_health h set told = array(select jsonb_array_elements_text(r.told)), untold_since = null
     from jsonb_to_recordset($1::jsonb) as r (id text, told jsonb) where h.device_id = r.id`,
    [JSON.stringify(told)],
  );
};
