import { AppError } from '../shared/app-error.ts';
import type { Queryable } from '../shared/db.ts';
import type { DeviceKind } from './device.ts';
import type { BrokerUser } from './mosquitto-files.ts';

/** Stores the MQTT login of a device or person. Throws `conflict` when the id is taken by either. */
export const insertCredential = async (
  db: Queryable,
  credential: { id: string; owner: 'device' | 'person'; secretHash: string },
): Promise<void> => {
  const { rowCount } = await db.query(
    `insert into mqtt_credential (id, owner, secret_hash) values ($1, $2, $3) on conflict (id) do nothing`,
    [credential.id, credential.owner, credential.secretHash],
  );
  if (rowCount === 0) {
    throw new AppError(
      'conflict',
      `id "${credential.id}" is already registered; choose another id`,
    );
  }
};

/** Replaces the secret of an id; false when the id has none. A revoked credential works again. */
export const replaceSecret = async (
  db: Queryable,
  id: string,
  secretHash: string,
): Promise<boolean> => {
  const { rowCount } = await db.query(
    `update mqtt_credential set secret_hash = $2, revoked_at = null where id = $1`,
    [id, secretHash],
  );
  return rowCount === 1;
};

/** The login no longer works; the broker cuts off an open connection. False when there is none to revoke. */
export const revokeCredential = async (db: Queryable, id: string, at: Date): Promise<boolean> => {
  const { rowCount } = await db.query(
    `update mqtt_credential set revoked_at = $2 where id = $1 and revoked_at is null`,
    [id, at],
  );
  return rowCount === 1;
};

export type Credential = {
  id: string;
  secretHash: string;
  revoked: boolean;
} & ({ owner: 'device'; kind: DeviceKind } | { owner: 'person' });

export const findCredential = async (
  db: Queryable,
  id: string,
): Promise<Credential | undefined> => {
  const { rows } = await db.query<{
    id: string;
    owner: 'device' | 'person';
    kind: DeviceKind | null;
    secret_hash: string;
    revoked: boolean;
  }>(
    `select c.id, c.owner, d.kind, c.secret_hash, c.revoked_at is not null as revoked
       from mqtt_credential c left join device d on d.id = c.id where c.id = $1`,
    [id],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  const base = { id: row.id, secretHash: row.secret_hash, revoked: row.revoked };
  if (row.owner === 'person') return { ...base, owner: 'person' };
  return row.kind === null ? undefined : { ...base, owner: 'device', kind: row.kind };
};

/** The hash of every login by its id, null where it was revoked. */
export const listLogins = async (db: Queryable): Promise<Map<string, string | null>> => {
  const { rows } = await db.query<{ id: string; hash: string | null }>(
    `select id, case when revoked_at is null then secret_hash end as hash from mqtt_credential`,
  );
  return new Map(rows.map(({ id, hash }) => [id, hash]));
};

/** Nobody is registered beside an import: what was checked stays true until it is stored. */
export const lockLogins = async (tx: Queryable): Promise<void> => {
  await tx.query('lock table mqtt_credential in share row exclusive mode');
};

/** Every login that is not revoked, for Mosquitto's files. */
export const listBrokerUsers = async (db: Queryable): Promise<BrokerUser[]> => {
  const { rows } = await db.query<{
    id: string;
    owner: 'device' | 'person';
    kind: DeviceKind | null;
    gateway_id: string | null;
    secret_hash: string;
  }>(
    `select c.id, c.owner, d.kind, d.gateway_id, c.secret_hash
       from mqtt_credential c left join device d on d.id = c.id
      where c.revoked_at is null order by c.id`,
  );
  return rows.flatMap((row): BrokerUser[] => {
    if (row.owner === 'person')
      return [{ owner: 'person', id: row.id, secretHash: row.secret_hash }];
    if (row.kind === null) return [];
    return [
      {
        owner: 'device',
        id: row.id,
        kind: row.kind,
        gatewayId: row.gateway_id,
        secretHash: row.secret_hash,
      },
    ];
  });
};
