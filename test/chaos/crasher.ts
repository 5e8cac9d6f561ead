import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { startRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';
import type { DeliverySite } from './delivery-site.ts';
import type { Crash } from './delivery-tally.ts';
import type { CrashKind } from './kill-plan.ts';
import type { SupervisedService } from './supervised-service.ts';

export type Crasher = {
  crashes: Crash[];
  /**
   * Waits until the victim is at work, kills it and sees to it that it comes back; resolves when it is dead, or when there was
   * no victim for a long time.
   */
  crash(kind: CrashKind): Promise<void>;
  /** Resolves when all that was killed is back. */
  recovered(): Promise<void>;
};

/** What was killed stays away for up to this long. */
const MOST_DOWN_MS = 3_000;
/**
 * A process is killed at a random moment of its work, not as soon as it is back: after up to this long, or as long as it took
 * to start. Where starts take long, hardly anything would else be sent between kills.
 */
const MOST_UP_MS = 2_000;
/** How long a victim is waited for. */
const FOR_A_VICTIM = { withinMs: 60_000, everyMs: 20 };

export const createCrasher = (site: DeliverySite, random: () => number): Crasher => {
  const { workers, postgres, redis } = site;
  const crashes: Crash[] = [];
  const recoveries: Promise<unknown>[] = [];
  const down = new Set<string>();

  /** Records a crash at the moment before the kill, and when it was over. */
  const record = async (
    { kind, target }: Pick<Crash, 'kind' | 'target'>,
    { kill, recover }: { kill: () => Promise<unknown>; recover: () => Promise<unknown> },
  ): Promise<void> => {
    const crash: Crash = { kind, target, at: Date.now() };
    crashes.push(crash);
    down.add(target);
    await kill();
    const recovery = recover().then(() => {
      crash.backAt = Date.now();
      down.delete(target);
    });
    // Looked at in `recovered`.
    recovery.catch(() => undefined);
    recoveries.push(recovery);
  };

  const later = async (work: () => Promise<unknown>): Promise<void> => {
    await delay(random() * MOST_DOWN_MS);
    await work();
  };

  const crashWorker = (kind: CrashKind, worker: SupervisedService): Promise<void> => {
    const downMs = random() * MOST_DOWN_MS;
    return record(
      { kind, target: worker.name },
      { kill: () => worker.kill(downMs), recover: () => worker.untilReady() },
    );
  };

  const crashPostgres = (kind: 'PostgreSQL' | 'PostgreSQL backend'): Promise<void> =>
    record(
      { kind, target: 'PostgreSQL' },
      kind === 'PostgreSQL'
        ? { kill: () => postgres.kill(), recover: () => later(() => postgres.restart()) }
        : { kill: async () => undefined, recover: () => postgres.killBackend() },
    );

  const crashRedis = (kind: 'Redis' | 'Redis FLUSHALL'): Promise<void> => {
    if (redis === undefined) throw new Error('there is no Redis in this run');
    const { server } = redis;
    if (kind === 'Redis FLUSHALL') {
      return record(
        { kind, target: 'Redis' },
        { kill: () => wipe(server.url), recover: async () => undefined },
      );
    }
    const restart = async (): Promise<void> => {
      redis.server = await startRedis(server.port);
    };
    return record(
      { kind, target: 'Redis' },
      { kill: () => server.kill(), recover: () => later(restart) },
    );
  };

  const isUp = (target: string) => (): boolean => !down.has(target);

  return {
    crashes,
    async crash(kind) {
      switch (kind) {
        case 'worker': {
          const when = random();
          const victim = await until(() => {
            const atWork = workers.filter((worker) => isAtWork(worker, when));
            return atWork[Math.floor(random() * atWork.length)];
          }, FOR_A_VICTIM);
          if (victim !== undefined) await crashWorker(kind, victim);
          return;
        }
        case 'all workers': {
          const when = random();
          const all = await until(
            () => workers.every((worker) => isAtWork(worker, when)),
            FOR_A_VICTIM,
          );
          if (all) await Promise.all(workers.map((worker) => crashWorker(kind, worker)));
          return;
        }
        case 'PostgreSQL':
        case 'PostgreSQL backend':
          if (await until(isUp('PostgreSQL'), FOR_A_VICTIM)) await crashPostgres(kind);
          return;
        case 'Redis':
        case 'Redis FLUSHALL':
          if (await until(isUp('Redis'), FOR_A_VICTIM)) await crashRedis(kind);
      }
    },
    async recovered() {
      await Promise.all(recoveries);
      await Promise.all(workers.map((worker) => worker.untilReady()));
    },
  };
};

/** `when` from 0 to 1: how far into its time. */
const isAtWork = (worker: SupervisedService, when: number): boolean =>
  worker.upMs() > when * Math.max(MOST_UP_MS, worker.startMs());

const wipe = async (url: string): Promise<void> => {
  const client = new Redis(url);
  try {
    await client.flushall();
  } finally {
    client.disconnect();
  }
};
