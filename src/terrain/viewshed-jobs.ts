import { Worker } from 'node:worker_threads';
import type { Part } from '../shared/part.ts';
import type { GridTerrain } from './grid-terrain.ts';
import type { Eye } from './terrain.ts';
import type { Raster } from './tile.ts';
import type { Viewshed, ViewshedOptions } from './viewshed.ts';

export type ViewshedWorkerData = { raster: Raster; heightSigmaM: number };
export type ViewshedJob = { id: number; eye: Eye; options: ViewshedOptions };
export type ViewshedAnswer = { id: number; seen: Viewshed };

/** Bitmaps kept: those of 139 cameras at one range, 0.1 MB each at 15 km in SRTM 1″ and 0.5 MB at most. */
const CACHED = 150;

export type ViewshedJobs = Part & {
  /** The viewshed, from the cache if the same was asked before. Rejects when the worker dies or is stopped. */
  run(eye: Eye, options: ViewshedOptions): Promise<Viewshed>;
};

type Waiting = { resolve: (seen: Viewshed) => void; reject: (error: Error) => void };

/**
 * Viewsheds take up to a second, so one worker thread makes them, one after the other, off the event loop.
 * It starts with the first and reads the terrain in shared memory. Results are kept by position, height
 * and options; the terrain itself is the same for the life of the process.
 */
export const createViewshedJobs = (terrain: GridTerrain): ViewshedJobs => {
  const cache = new Map<string, Promise<Viewshed>>();
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let lastId = 0;

  const fail = (failed: Worker, error: Error): void => {
    // A thread that failed ends a moment later, when another may have taken its place.
    if (worker !== failed) return;
    worker = undefined;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const startWorker = (): Worker => {
    const started = startWorkerThread({
      raster: terrain.raster,
      heightSigmaM: terrain.heightSigmaM,
    });
    started.on('message', ({ id, seen }: ViewshedAnswer) => {
      waiting.get(id)?.resolve(seen);
      waiting.delete(id);
      // An idle thread does not keep the process alive.
      if (waiting.size === 0) started.unref();
    });
    started.on('error', (error: Error) => fail(started, error));
    started.on('exit', () => fail(started, new Error('the viewshed worker has ended')));
    return started;
  };
  const compute = (eye: Eye, options: ViewshedOptions): Promise<Viewshed> =>
    new Promise((resolve, reject) => {
      worker ??= startWorker();
      worker.ref();
      const id = ++lastId;
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, eye, options } satisfies ViewshedJob);
    });

  return {
    name: 'viewsheds',
    async start() {},
    async stop() {
      await worker?.terminate();
    },
    run(eye, options) {
      const key = [eye.lon, eye.lat, eye.heightM, options.rangeM, options.targetHeightM].join();
      const known = cache.get(key);
      // What was asked for last leaves last.
      cache.delete(key);
      const seen = known ?? compute(eye, options);
      cache.set(key, seen);
      // A failure is not kept; the caller gets it from the promise itself.
      if (known === undefined) seen.catch(() => cache.delete(key));
      const [oldest] = cache.keys();
      if (cache.size > CACHED && oldest !== undefined) cache.delete(oldest);
      return seen;
    },
  };
};

/**
 * In dist the worker is what the compiler made of it. From a checkout it is TypeScript: the thread first
 * gets the loader, which it does not inherit everywhere (not under a test runner with one of its own).
 */
const startWorkerThread = (workerData: ViewshedWorkerData): Worker => {
  // The flags of the process are not taken over: a thread refuses some of them.
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./viewshed-worker.js', import.meta.url), {
      workerData,
      execArgv: [],
    });
  }
  const loader = import.meta.resolve('tsx/esm/api');
  const file = new URL('./viewshed-worker.ts', import.meta.url).href;
  const [loaderUrl, fileUrl] = [JSON.stringify(loader), JSON.stringify(file)];
  const boot = `import(${loaderUrl}).then(({ register }) => { register(); return import(${fileUrl}); });`;
  return new Worker(boot, { eval: true, workerData, execArgv: [] });
};
