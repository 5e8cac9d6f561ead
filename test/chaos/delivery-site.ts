import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { migrate } from '../../src/shared/migrate.ts';
import { type Api, logIn } from '../support/api.ts';
import { freePort } from '../support/mosquitto.ts';
import { createRandom } from '../support/random.ts';
import { type RedisServer, startRedis } from '../support/redis.ts';
import { type Smsc, startSmsc } from '../support/smsc.ts';
import { writeConfig } from './crowd.ts';
import { type KillablePostgres, startKillablePostgres } from './killable-postgres.ts';
import { type SupervisedService, superviseService } from './supervised-service.ts';

export type DeliverySite = {
  smsc: Smsc;
  postgres: KillablePostgres;
  redis: { server: RedisServer } | undefined;
  workers: SupervisedService[];
  /** The API of a worker that is up, or the first. */
  api: Api;
  stop(): Promise<void>;
};

const PASSWORD = 'correct-horse-battery';
const WORKERS = 2;

/** The sender a worker's messages have, by which the centre tells the workers apart. */
export const workerOf = (source: string): string => `worker ${source.slice(-1)}`;
const sourceOf = (worker: number): string => `1069000${worker}`;

/**
 * Two whole processes of the service on one PostgreSQL, one Redis (if there is one) and one SMS centre, whose receipts come up to
 * 3 s after its answers, as from phones that are switched on.
 */
export const openSite = async (options: {
  redis: boolean;
  seed: number;
}): Promise<DeliverySite> => {
  const closing: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const dir = await mkdtemp(join(tmpdir(), 'fengsui-chaos-'));
    closing.push(() => rm(dir, { recursive: true, force: true }));
    // Run by root, PostgreSQL works as another user and keeps its data here only if that user can get in.
    await chmod(dir, 0o755);
    const random = createRandom(options.seed + 3);
    const smsc = await startSmsc({
      autoReceipt: 'DELIVRD',
      receiptAfterMs: () => random() * 3_000,
    });
    closing.push(() => smsc.stop());
    const postgres = await startKillablePostgres(join(dir, 'database'));
    closing.push(() => postgres.stop());
    await migrate(postgres.connectionString, pino({ level: 'silent' }), { queue: !options.redis });
    const redis = options.redis ? { server: await startRedis() } : undefined;
    closing.push(async () => redis?.server.stop());
    const configDir = join(dir, 'config');
    await mkdir(configDir);
    await writeConfig(configDir);

    const workers: SupervisedService[] = [];
    closing.push(() => Promise.all(workers.map((worker) => worker.stop())));
    for (let n = 1; n <= WORKERS; n += 1) {
      const worker = superviseService(workerOf(sourceOf(n)), {
        PORT: String(await freePort()),
        MQTT_PORT: String(await freePort()),
        DATA_DIR: join(dir, `worker-${n}`),
        CONFIG_DIR: configDir,
        DATABASE_URL: postgres.connectionString,
        REDIS_URL: redis?.server.url ?? '',
        MQTT_URL: '',
        SMPP_URL: `${smsc.url}?source=${sourceOf(n)}`,
        ADMIN_PASSWORD: PASSWORD,
        LOG_LEVEL: 'warn',
      });
      workers.push(worker);
    }
    await Promise.all(workers.map((worker) => worker.untilReady()));
    const apis = await Promise.all(workers.map(({ base }) => logIn(base, PASSWORD)));
    const api: Api = (method, path, body) => {
      const up = workers.findIndex((worker) => worker.upMs() > 0);
      const chosen = apis[Math.max(0, up)];
      if (chosen === undefined) throw new Error('there is no worker');
      return chosen(method, path, body);
    };
    return { smsc, postgres, redis, workers, api, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
