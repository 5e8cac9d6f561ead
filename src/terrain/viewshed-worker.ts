import { parentPort, workerData } from 'node:worker_threads';
import { gridTerrain } from './grid-terrain.ts';
import { viewshed } from './viewshed.ts';
import type { ViewshedAnswer, ViewshedJob, ViewshedWorkerData } from './viewshed-jobs.ts';

// The samples lie in shared memory: this thread reads the service's own, without a copy.
const { raster, heightSigmaM } = workerData as ViewshedWorkerData;
const terrain = gridTerrain(raster, heightSigmaM);
const port = parentPort;

port?.on('message', ({ id, eye, options }: ViewshedJob) => {
  const answer: ViewshedAnswer = { id, seen: viewshed(terrain, eye, options) };
  port.postMessage(answer, [answer.seen.bits.buffer as ArrayBuffer]);
});
