import type { ServerResponse } from 'node:http';
import { AppError } from '../shared/app-error.ts';
import type { App } from '../shared/http.ts';
import type { Metrics } from '../shared/metrics.ts';

export type OpenStream = {
  /** Aborted when the client is gone or the service stops. */
  signal: AbortSignal;
  /** Drops the client without waiting for it to take what is buffered. */
  drop(): void;
};

export type OpenStreams = {
  /** Throws AppError('unavailable') when there are too many. */
  add(username: string, response: ServerResponse): OpenStream;
};

export type OpenStreamsOptions = {
  maxStreams: number;
  maxStreamsPerUser: number;
  metrics: Metrics;
};

/** Counts the streams of one app, and ends them when it closes: they would never end by themselves. */
export const createOpenStreams = (
  app: App,
  { maxStreams, maxStreamsPerUser, metrics }: OpenStreamsOptions,
): OpenStreams => {
  const open = new Map<AbortController, string>();
  app.addHook('preClose', (done) => {
    for (const controller of open.keys()) controller.abort();
    done();
  });

  return {
    add(username, response) {
      const ofUser = [...open.values()].filter((name) => name === username).length;
      if (open.size >= maxStreams || ofUser >= maxStreamsPerUser) {
        throw new AppError(
          'unavailable',
          ofUser >= maxStreamsPerUser
            ? `There are ${String(ofUser)} streams open for ${username}; close some`
            : 'Too many streams are open; try again shortly',
        );
      }
      const controller = new AbortController();
      open.set(controller, username);
      metrics.streams.set(open.size);
      response.once('close', () => {
        open.delete(controller);
        metrics.streams.set(open.size);
        controller.abort();
      });
      return { signal: controller.signal, drop: () => void response.destroy() };
    },
  };
};
