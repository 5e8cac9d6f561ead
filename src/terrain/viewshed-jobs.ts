import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Part } from '../shared/part.ts';
import type { GridTerrain } from './grid-terrain.ts';
import type { Eye } from './terrain.ts';
import type { Raster } from './tile.ts';
import type { Viewshed, ViewshedOptions } from './viewshed.ts';

export type ViewshedWorkerData = { raster: Raster; heightSigmaM: number };
export type ViewshedJob = { id: number; eye: Eye; options: ViewshedOptions };
export type ViewshedAnswer = { id: number; seen: Viewshed };

/** Bitmaps kept: 139 cameras at one range fit, of 0.1 MB each at 15 km in SRTM 1″. */
const CACHED = 200;

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

  const fail = (error: Error): void => {
    worker = undefined;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const startWorker = (): Worker => {
    const started = new Worker(workerFile(), {
      workerData: { raster: terrain.raster, heightSigmaM: terrain.heightSigmaM },
      execArgv: workerArgs(),
    });
    started.on('message', ({ id, seen }: ViewshedAnswer) => {
      waiting.get(id)?.resolve(seen);
      waiting.delete(id);
    });
    started.on('error', (error: Error) => fail(error));
    started.on('exit', () => fail(new Error('the viewshed worker has ended')));
    // It holds nothing that must be finished before the process may end.
    started.unref();
    return started;
  };
  const compute = (eye: Eye, options: ViewshedOptions): Promise<Viewshed> =>
    new Promise((resolve, reject) => {
      worker ??= startWorker();
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

const fromSource = import.meta.url.endsWith('.ts');

/** From a checkout the worker is TypeScript, in dist it is what the compiler made of it. */
const workerFile = (): URL =>
  new URL(`./viewshed-worker.${fromSource ? 'ts' : 'js'}`, import.meta.url);

/** The worker does not take over the flags of the process (some are refused), only the loader it needs. */
const workerArgs = (): string[] =>
  fromSource ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href] : [];
