import pg from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { importResources, moveResourcesOf } from '../../../src/resources/index.ts';
import { createResourceIndex, type ResourceIndex } from '../../../src/resources/resource-index.ts';
import { deleteResource, moveResource } from '../../../src/resources/resource-store.ts';
import type { LonLat } from '../../../src/shared/geo.ts';
import { createListener } from '../../../src/shared/listener.ts';
import { startParts } from '../../../src/shared/part.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const logger = pino({ level: 'silent' });
const HERE: LonLat = [113.27, 26.71];

let database: TestDatabase;
let stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('truncate resource; delete from person'));
afterEach(async () => {
  for (const stop of stops) await stop();
  stops = [];
});

/** Another process of the service: its own LISTEN connection, its own pool, its own copy of the resources. */
const startProcess = async (): Promise<ResourceIndex> => {
  const pool = new pg.Pool({ connectionString: database.connectionString, max: 2 });
  pool.on('error', () => undefined);
  const listener = createListener(database.connectionString, logger);
  const index = createResourceIndex({ pool, listener, logger });
  const stop = await startParts([listener, index]);
  stops.push(async () => {
    await stop();
    await pool.end();
  });
  return index;
};

const collection = (...features: unknown[]) => ({ type: 'FeatureCollection', features });

const pointFeature = (id: string, [lon, lat]: LonLat, properties: object = {}) => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [lon, lat] },
  properties: { id, kind: 'water', name: id, ...properties },
});

const idsNear = (index: ResourceIndex, limit = 10): string[] =>
  index.nearby(HERE, { limit }).map((hit) => hit.resource.id);

const eventually = (check: () => void): Promise<void> =>
  vi.waitFor(check, { timeout: 5_000, interval: 5 });

const endListening = (client: pg.ClientBase): Promise<unknown> =>
  client.query(
    `select pg_terminate_backend(pid, 5000) from pg_stat_activity
      where application_name = 'fengsui-listen' and datname = current_database()`,
  );

/** Lets new connections to the test's database in or not, from outside it. */
const openDoor = async () => {
  const url = new URL(database.connectionString);
  const name = url.pathname.slice(1);
  url.pathname = '/postgres';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  return {
    allow: (yes: boolean) =>
      client.query(`alter database ${client.escapeIdentifier(name)} allow_connections ${yes}`),
    close: () => client.end(),
  };
};

describe('resource index', () => {
  it('loads what is there, in more than one read', async () => {
    const features = Array.from({ length: 1_234 }, (_, i) =>
      pointFeature(`w${i}`, [113 + i / 10_000, 26.7]),
    );
    await importResources(database.pool, collection(...features));
    const index = await startProcess();
    expect(index.state()).toEqual({ state: 'current', resources: 1_234 });
    expect(index.nearby([113.1, 26.7], { limit: 1 })[0]?.resource.id).toBe('w1000');
  });

  it('follows what other processes import, move and delete', async () => {
    const [one, other] = [await startProcess(), await startProcess()];
    await importResources(
      database.pool,
      collection(pointFeature('near', [113.28, 26.71]), pointFeature('far', [113.4, 26.71])),
    );
    for (const index of [one, other]) {
      await eventually(() => expect(idsNear(index)).toEqual(['near', 'far']));
    }

    await moveResource(database.pool, 'far', { lonLat: HERE, at: new Date() });
    for (const index of [one, other]) {
      await eventually(() => expect(idsNear(index)).toEqual(['far', 'near']));
      expect(index.nearby(HERE, { limit: 1 })[0]).toMatchObject({ distanceM: 0 });
    }

    await deleteResource(database.pool, 'far');
    await importResources(database.pool, collection(pointFeature('near', HERE, { kind: 'crew' })));
    for (const index of [one, other]) {
      await eventually(() => {
        expect(idsNear(index)).toEqual(['near']);
        expect(index.nearby(HERE, { kinds: ['crew'], limit: 1 })).toHaveLength(1);
      });
    }
  });

  it('takes an import of thousands while it runs', async () => {
    const index = await startProcess();
    const features = Array.from({ length: 3_000 }, (_, i) =>
      pointFeature(`w${i}`, [113 + i / 10_000, 26.7]),
    );
    await importResources(database.pool, collection(...features));
    await eventually(() => expect(index.state().resources).toBe(3_000));
    expect(index.nearby([113.25, 26.7], { limit: 1 })[0]?.resource.id).toBe('w2500');
  });

  it('reloads after its connection was lost, answering from the old copy meanwhile', async () => {
    await importResources(database.pool, collection(pointFeature('old', HERE)));
    const index = await startProcess();
    const client = await database.pool.connect();
    const door = await openDoor();
    try {
      // No way back until these changes are made: their notices find nobody.
      await door.allow(false);
      await endListening(client);
      await deleteResource(client, 'old');
      await client.query(
        `insert into resource (id, kind, name, geometry, west, south, east, north)
         values ('new', 'water', 'new', '{"type":"Point","coordinates":[113.3,26.7]}', 113.3, 26.7, 113.3, 26.7)`,
      );
      expect(idsNear(index)).toEqual(['old']);
    } finally {
      await door.allow(true);
      await door.close();
      client.release();
    }
    await eventually(() => expect(idsNear(index)).toEqual(['new']));
    expect(index.state().state).toBe('current');
  });

  it('tries again when the reload fails', async () => {
    await importResources(database.pool, collection(pointFeature('a', HERE)));
    const index = await startProcess();
    const client = await database.pool.connect();
    try {
      await client.query('alter table resource rename to resource_away');
      await endListening(client);
      await eventually(() => expect(index.state().state).toBe('stale'));
      expect(idsNear(index)).toEqual(['a']);
    } finally {
      await client.query('alter table resource_away rename to resource');
      client.release();
    }
    await eventually(() => expect(index.state().state).toBe('current'));
    await importResources(database.pool, collection(pointFeature('b', [113.28, 26.71])));
    await eventually(() => expect(idsNear(index)).toEqual(['a', 'b']));
  });

  it('a row without a usable geometry does not hide the others', async () => {
    await importResources(database.pool, collection(pointFeature('a', HERE)));
    await database.pool.query(
      `insert into resource (id, kind, name, geometry, west, south, east, north)
       values ('odd', 'water', 'odd', '{"type":"Circle"}', 113, 26, 113, 26)`,
    );
    expect(idsNear(await startProcess())).toEqual(['a']);
  });

  it('does not start without the table, and says why', async () => {
    await database.pool.query('alter table resource rename to resource_away');
    try {
      await expect(startProcess()).rejects.toThrow(/resource/);
    } finally {
      await database.pool.query('alter table resource_away rename to resource');
    }
  });
});

describe('positions', () => {
  const at = (secondsAgo: number): Date => new Date(Date.now() - secondsAgo * 1000);

  it('of a person move the linked resources, the latest winning whatever the order', async () => {
    const { pool } = database;
    await pool.query(
      `insert into person (id, name, roles, locale) values ('li', 'Li', '{viewer}', 'zh-CN')`,
    );
    await importResources(
      pool,
      collection(
        pointFeature('crew-1', [113.5, 26.7], { kind: 'crew', personId: 'li' }),
        pointFeature('truck', [113.5, 26.7], { kind: 'vehicle', personId: 'li' }),
        pointFeature('pond', [113.5, 26.7]),
      ),
    );
    const index = await startProcess();
    const latest = { lonLat: HERE, at: at(10) };
    expect(await moveResourcesOf(pool, 'li', latest)).toBe(2);
    expect(await moveResourcesOf(pool, 'li', { lonLat: [113, 26], at: at(20) })).toBe(0);
    expect(await moveResourcesOf(pool, 'li', latest)).toBe(0);
    await eventually(() => {
      const hits = index.nearby(HERE, { limit: 1 });
      expect(hits.map(({ resource, distanceM }) => [resource.id, distanceM > 0])).toEqual([
        ['crew-1', false],
        ['truck', false],
        ['pond', true],
      ]);
    });
  });

  it('from a clock years ahead do not freeze the resource', async () => {
    const { pool } = database;
    await importResources(pool, collection(pointFeature('a', [113.5, 26.7])));
    const wrong = new Date('2106-02-07T06:28:15Z');
    expect(await moveResource(pool, 'a', { lonLat: [113.4, 26.7], at: wrong })).toBe(true);
    expect(await moveResource(pool, 'a', { lonLat: HERE, at: wrong })).toBe(true);
    const { rows } = await pool.query(
      'select geometry, west, north, position_at <= now() as sane from resource',
    );
    expect(rows).toEqual([
      {
        geometry: { type: 'Point', coordinates: [...HERE] },
        west: HERE[0],
        north: HERE[1],
        sane: true,
      },
    ]);
  });
});
