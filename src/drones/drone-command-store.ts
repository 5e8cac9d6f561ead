import type { Queryable } from '../shared/db.ts';
import { toJsonb } from '../shared/safe-json.ts';
import type { CommandMethod, DroneCommand } from './drone-command.ts';
import type { ReturnSituation } from './follow-command.ts';

const COLUMNS = `c.id, c.device_id as "deviceId", c.gateway_id as "gatewayId", c.method, c.lon, c.lat,
  c.altitude_m as "altitudeM", c.flight_height_m as "flightHeightM", c.speed_mps as "speedMps", c.status, c.authority,
  c.tid, c.result_code::float8 as "resultCode", c.said, c.remaining_m as "remainingM", c.remaining_s as "remainingS",
  c.requested_by as "requestedBy", c.requested_at as "requestedAt", c.updated_at as "updatedAt",
  c.ended_at as "endedAt", c.deadline_at as "deadlineAt"`;

/** False when the aircraft has one that has not ended. */
export const insertCommand = async (db: Queryable, command: DroneCommand): Promise<boolean> => {
  const c = command;
  const { rowCount } = await db.query(
    `insert into drone_command (id, device_id, gateway_id, method, lon, lat, altitude_m, flight_height_m, speed_mps,
       status, authority, tid, requested_by, requested_at, updated_at, deadline_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15)
     on conflict (device_id) where ended_at is null do nothing`,
    [
      c.id,
      c.deviceId,
      c.gatewayId,
      c.method,
      c.lon,
      c.lat,
      c.altitudeM,
      c.flightHeightM,
      c.speedMps,
      c.status,
      c.authority,
      c.tid,
      c.requestedBy,
      c.requestedAt,
      c.deadlineAt,
    ],
  );
  return rowCount === 1;
};

export const updateCommand = async (
  tx: Queryable,
  command: DroneCommand,
  now: Date,
): Promise<void> => {
  const c = command;
  await tx.query(
    `update drone_command set status = $2, authority = $3, tid = $4, result_code = $5, said = $6, remaining_m = $7,
       remaining_s = $8, ended_at = $9, deadline_at = $10, updated_at = $11
     where id = $1`,
    [
      c.id,
      c.status,
      c.authority,
      c.tid,
      c.resultCode,
      c.said === null ? null : toJsonb(c.said),
      c.remainingM,
      c.remainingS,
      c.endedAt,
      c.deadlineAt,
      now,
    ],
  );
};

export const findCommand = async (
  db: Queryable,
  deviceId: string,
  id: string,
): Promise<DroneCommand | undefined> => {
  const { rows } = await db.query<DroneCommand>(
    `select ${COLUMNS} from drone_command c where device_id = $1 and id = $2`,
    [deviceId, id],
  );
  return rows[0];
};

/** The command a gateway's message is about, held until the transaction ends. */
export const lockCommand = async (
  tx: Queryable,
  gatewayId: string,
  id: string,
): Promise<DroneCommand | undefined> => {
  const { rows } = await tx.query<DroneCommand>(
    `select ${COLUMNS} from drone_command c where gateway_id = $1 and id = $2 for update`,
    [gatewayId, id],
  );
  return rows[0];
};

const ACTIVE_COMMAND = `select ${COLUMNS} from drone_command c where device_id = $1 and ended_at is null`;

/** The aircraft's command that has not ended. */
export const findActiveCommand = async (
  db: Queryable,
  deviceId: string,
): Promise<DroneCommand | undefined> =>
  (await db.query<DroneCommand>(ACTIVE_COMMAND, [deviceId])).rows[0];

/** The same, held until the transaction ends. */
export const lockActiveCommand = async (
  tx: Queryable,
  deviceId: string,
): Promise<DroneCommand | undefined> =>
  (await tx.query<DroneCommand>(`${ACTIVE_COMMAND} for update`, [deviceId])).rows[0];

export type Returning = ReturnSituation & { command: DroneCommand };

/** Those that come home, with what is known of the aircraft and its dock; held until the transaction ends. */
export const lockReturning = async (tx: Queryable): Promise<Returning[]> => {
  const { rows } = await tx.query<DroneCommand & ReturnSituation>(
    `select ${COLUMNS}, (a.state -> 'mode' ->> 'code')::float8 as "modeCode", a.received_at as "heardAt",
       (g.state -> 'osd' ->> 'drone_in_dock') = '1' as "inDock", g.received_at as "dockHeardAt"
     from drone_command c left join device_state a on a.device_id = c.device_id
       left join device_state g on g.device_id = c.gateway_id
     where c.ended_at is null and c.method = 'return_home' and c.status <> 'sent' for update of c skip locked`,
  );
  return rows.map(({ modeCode, heardAt, inDock, dockHeardAt, ...command }) => ({
    command: command as DroneCommand,
    modeCode,
    heardAt,
    inDock: inDock === true,
    dockHeardAt,
  }));
};

/** The only such command of a gateway that has not ended; for progress that does not say which it is of. */
export const activeCommandOf = async (
  db: Queryable,
  gatewayId: string,
  method: CommandMethod,
): Promise<string | undefined> => {
  const { rows } = await db.query<{ id: string }>(
    `select id from drone_command where gateway_id = $1 and method = $2 and ended_at is null`,
    [gatewayId, method],
  );
  return rows.length === 1 ? rows[0]?.id : undefined;
};

export const listCommands = async (
  db: Queryable,
  query: { deviceId: string; beforeId?: string | undefined; limit: number },
): Promise<DroneCommand[]> => {
  // UUIDv7: the order of ids is that of time.
  const { rows } = await db.query<DroneCommand>(
    `select ${COLUMNS} from drone_command c where device_id = $1 and ($2::uuid is null or id < $2)
      order by id desc limit $3`,
    [query.deviceId, query.beforeId ?? null, query.limit],
  );
  return rows;
};

/** Ends what has been silent too long. One that was refused, and whose asking for authority went unanswered, stays refused. */
export const endSilentCommands = async (
  db: Queryable,
  now: Date,
): Promise<{ id: string; deviceId: string; status: string }[]> => {
  const { rows } = await db.query<{ id: string; deviceId: string; status: string }>(
    `update drone_command set ended_at = $1, updated_at = $1,
       status = case when status = 'sent' and authority = 'asked' then 'refused' else 'timed_out' end
     where ended_at is null and deadline_at <= $1
     returning id, device_id as "deviceId", status`,
    [now],
  );
  return rows;
};
