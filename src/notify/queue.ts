import {
  createPostgresBackend,
  type JobsOptions,
  type JobType,
  type PostgresConnectionOptions,
  Queue,
  Worker,
  withBackend,
} from 'bullmq';
import { Redis } from 'ioredis';
import { createPool } from '../shared/db.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';
import { LANES, type Lane } from './lane.ts';
import { within } from './within.ts';

/** A wake-up: the notification itself is in PostgreSQL. */
export type WakeUp = {
  id: string;
  attempt: number;
  lane: Lane;
  /** Whose message it is, where others to the same address may share it: they are looked at one after the other. */
  to?: string;
};

export type NotifyQueue = Part & {
  /** Adding what is there already is harmless. Rejects when the queue is out of reach. */
  add(wakeUps: readonly WakeUp[]): Promise<void>;
  /** Jobs by state, over all lanes. */
  depth(): Promise<Record<string, number>>;
};

export type QueueOptions = {
  /** BullMQ runs on Redis when set, else on PostgreSQL (schema `bullmq`). */
  redisUrl: string | undefined;
  connectionString: string;
  /** Keeps several installations on one Redis apart. */
  prefix: string;
  handle: (wakeUp: WakeUp) => Promise<void>;
  /** Ends what is being handled, when no more is taken. */
  drain: () => Promise<void>;
  logger: Logger;
};

type LaneQueue = {
  addBulk(jobs: { name: string; data: WakeUp; opts: JobsOptions }[]): Promise<unknown>;
  getJobCounts(...states: JobType[]): Promise<Record<string, number>>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
};
type LaneWorker = {
  on(event: 'error', listener: (error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  run(): Promise<void>;
  pause(doNotWaitActive: boolean): Promise<void>;
  close(force: boolean): Promise<void>;
};
type Backend = {
  queue(name: string): LaneQueue;
  worker(name: string, options: WorkerSettings): LaneWorker;
  /** False while the connection is down: then nothing is gained by asking. */
  reachable(): boolean;
  close(): Promise<void>;
};

/**
 * A killed worker's job is picked up again within 6 to 9 s; BullMQ's defaults take 60 s. Shorter locks would be lost to a
 * garbage collection or a slow disk. A job may stall often: it is only a wake-up, and the claim decides.
 */
const WORKER_SETTINGS = {
  lockDuration: 6_000,
  stalledInterval: 3_000,
  maxStalledCount: 5,
  // How long the worker waits after an error of the queue's server; the default of 15 s would hold alarms up after a restart.
  runRetryDelay: 500,
  concurrency: 10,
  // Begun by us, once it is ready: see `openLane`.
  autorun: false,
};
type WorkerSettings = typeof WORKER_SETTINGS & { process: (data: WakeUp) => Promise<void> };

const ADD_TIMEOUT_MS = 2_000;

/** Between two attempts to open a lane while the queue's server is away. */
const REOPEN_MS = 500;

/** One queue and worker a lane, so that a webhook that hangs never holds up an SMS. */
export const createNotifyQueue = (options: QueueOptions): NotifyQueue => {
  const { logger, handle: process } = options;
  const queues = new Map<Lane, LaneQueue>();
  const workers = new Map<Lane, LaneWorker>();
  let backend: Backend | undefined;
  let stopped = false;

  const onError = (error: Error): void => {
    logger.warn({ err: error }, 'notification queue error');
  };

  /**
   * A lane is used only once queue and worker are ready. BullMQ remembers a start that failed for as long as the object
   * lives: its worker would then spin without ever giving way, and its queue refuse everything. So both are made anew.
   */
  const openLane = async (from: Backend, lane: Lane): Promise<void> => {
    while (!stopped) {
      const queue = from.queue(`notify-${lane}`);
      const worker = from.worker(`notify-${lane}`, { ...WORKER_SETTINGS, process });
      queue.on('error', onError);
      worker.on('error', onError);
      try {
        await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
      } catch (error) {
        onError(error instanceof Error ? error : new Error(String(error)));
        await within(ADD_TIMEOUT_MS, Promise.allSettled([worker.close(true), queue.close()]));
        await new Promise((wake) => setTimeout(wake, REOPEN_MS));
        continue;
      }
      if (stopped) {
        await within(ADD_TIMEOUT_MS, Promise.allSettled([worker.close(true), queue.close()]));
        return;
      }
      queues.set(lane, queue);
      workers.set(lane, worker);
      worker.run().catch(onError);
      return;
    }
  };

  return {
    name: 'notify-queue',
    async start() {
      const from =
        options.redisUrl === undefined ? onPostgres(options) : onRedis(options, options.redisUrl);
      backend = from;
      // What is due goes out without the queue until it is there, so nothing waits for it long.
      const opening = Promise.all(LANES.map((lane) => openLane(from, lane)));
      await within(ADD_TIMEOUT_MS, opening);
    },
    async stop() {
      stopped = true;
      const running = [...workers.values()];
      await within(ADD_TIMEOUT_MS, Promise.allSettled(running.map((worker) => worker.pause(true))));
      await options.drain();
      // Closing waits for the queue's server, which may be the reason we stop.
      const closing = [
        ...running.map((worker) => worker.close(true)),
        ...[...queues.values()].map((queue) => queue.close()),
      ];
      await within(ADD_TIMEOUT_MS, Promise.allSettled(closing));
      await within(ADD_TIMEOUT_MS, backend?.close() ?? Promise.resolve());
    },
    async add(wakeUps) {
      if (backend?.reachable() !== true) throw new Error('not connected');
      const added = LANES.map(async (lane) => {
        const jobs = wakeUps.filter((wakeUp) => wakeUp.lane === lane).map(toJob);
        if (jobs.length === 0) return;
        const queue = queues.get(lane);
        if (queue === undefined) throw new Error('the queue is not open yet');
        await queue.addBulk(jobs);
      });
      const outcome = await within(ADD_TIMEOUT_MS, Promise.all(added));
      if (outcome === 'late') throw new Error(`the queue did not answer in ${ADD_TIMEOUT_MS} ms`);
    },
    async depth() {
      if (backend?.reachable() !== true) return {};
      const counting = Promise.all(
        [...queues.values()].map((queue) => queue.getJobCounts('waiting', 'active', 'delayed')),
      );
      const counts = await within(ADD_TIMEOUT_MS, counting);
      const sum: Record<string, number> = {};
      for (const [state, count] of (counts === 'late' ? [] : counts).flatMap(
        Object.entries<number>,
      )) {
        sum[state] = (sum[state] ?? 0) + count;
      }
      return sum;
    },
  };
};

const toJob = (data: WakeUp): { name: string; data: WakeUp; opts: JobsOptions } => ({
  name: 'send',
  data,
  // Not a bare number and without ":", both of which BullMQ refuses.
  opts: { jobId: `n-${data.id}-${data.attempt}`, removeOnComplete: true, removeOnFail: true },
});

const onPostgres = ({ connectionString, logger }: QueueOptions): Backend => {
  const pool = createPool({
    connectionString,
    name: 'queue',
    // One that listens for each lane's worker, and some to work with.
    max: LANES.length + 5,
    settings: { search_path: 'bullmq' },
    logger,
  });
  // BullMQ describes pg's types by hand and not exactly; a pool is what it asks for where modules are native.
  const connection = pool as unknown as PostgresConnectionOptions;
  const postgres = withBackend(createPostgresBackend);
  return {
    queue: (name) => new postgres.Queue<WakeUp>(name, { connection }),
    worker: (name, { process, ...settings }) =>
      new postgres.Worker<WakeUp>(name, (job) => process(job.data), {
        ...settings,
        connection,
      }),
    // Where PostgreSQL is away there is nothing to be sent either.
    reachable: () => true,
    close: () => pool.end(),
  };
};

const onRedis = ({ prefix, logger }: QueueOptions, url: string): Backend => {
  // Adding fails at once while Redis is away: the relay then does without. Working waits for it to come back.
  const adding = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 1 });
  const working = new Redis(url, { maxRetriesPerRequest: null });
  for (const client of [adding, working]) {
    client.on('error', (error) => logger.warn({ err: error }, 'Redis connection trouble'));
  }
  return {
    queue: (name) => new Queue(name, { connection: adding, prefix }),
    worker: (name, { process, ...settings }) =>
      new Worker<WakeUp>(name, (job) => process(job.data), {
        ...settings,
        connection: working,
        prefix,
      }),
    reachable: () => adding.status === 'ready',
    async close() {
      adding.disconnect();
      working.disconnect();
    },
  };
};
