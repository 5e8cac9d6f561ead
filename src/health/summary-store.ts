import type { DeviceProblem, HealthStatus } from '../devices/index.ts';
import type { Queryable } from '../shared/db.ts';

/** True when this call claims the day: its summary was not sent yet, by any process. */
export const claimDay = async (tx: Queryable, day: string, now: Date): Promise<boolean> => {
  const { rowCount } = await tx.query(
    'insert into health_summary (day, at) values ($1, $2) on conflict do nothing',
    [day, now],
  );
  return rowCount === 1;
};

export const hasSummaries = async (tx: Queryable): Promise<boolean> => {
  const { rowCount } = await tx.query('select from health_summary limit 1');
  return rowCount === 1;
};

export type ListedDevice = {
  id: string;
  name: string;
  regionId: string;
  gatewayId: string | null;
  status: HealthStatus;
  since: Date;
  problems: DeviceProblem[];
};

/** Every device that is looked at. */
export const listAllHealth = async (tx: Queryable): Promise<ListedDevice[]> => {
  const { rows } = await tx.query<ListedDevice>(
    `select d.id, d.name, d.region_id as "regionId", d.gateway_id as "gatewayId", h.status, h.since, h.problems
     from device_health h join device d on d.id = h.device_id order by d.id`,
  );
  return rows;
};
