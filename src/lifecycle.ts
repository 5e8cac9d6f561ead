import { AppError, errorMessage } from './shared/app-error.ts';
import type { Logger } from './shared/logger.ts';
import type { Part } from './shared/part.ts';

/** Supervisors kill after 10 s or more; ours is the shorter promise, so that a hung part is told from a slow one. */
const STOP_WITHIN_MS = 4_800;

/** One line for the person at the terminal, whatever the error carries. */
export const complain = (error: unknown): void => {
  const text = errorMessage(error).replace(/\s*\n\s*/g, ' | ');
  process.stderr.write(`fengsui: ${text}\n`);
};

/** Ends the process on an error met while starting: one line, and the stack in the log if nobody foresaw it. */
export const failToStart = (error: unknown, logger: Logger | undefined): never => {
  if (!(error instanceof AppError)) logger?.error({ err: error }, 'could not start');
  complain(error);
  process.exit(1);
};

export type Lifecycle = {
  /** Starts the part and keeps the process alive until a signal or a fatal error; then stops it and ends the process. */
  run(part: Part): Promise<void>;
  /**
   * The embedded database is gone: end at once with exit code 1. There is nothing to save, for what was
   * acknowledged is committed, and parts that drain would wait for a database that never answers.
   */
  fatal(error: Error): void;
};

/**
 * SIGTERM and SIGINT stop the service, within 5 s or else abruptly; a second signal ends it at once.
 * An error that nobody caught leaves the service in an unknown state, so it ends too.
 */
export const createLifecycle = (logger: Logger): Lifecycle => {
  let part: Part | undefined;
  let starting: Promise<unknown> = Promise.resolve();
  let stopping = false;

  const end = (exitCode: number): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => {
      complain(
        'did not stop within 5 s; ended abruptly, which loses nothing that was acknowledged',
      );
      process.exit(1);
    }, STOP_WITHIN_MS);
    void stop().then(
      () => process.exit(exitCode),
      (error: unknown) => {
        logger.error({ err: error }, 'a part did not stop cleanly');
        process.exit(1);
      },
    );
  };
  const stop = async (): Promise<void> => {
    // What failed to start has stopped itself.
    const started = await starting.then(
      () => true,
      () => false,
    );
    if (started) await part?.stop();
    logger.info('stopped');
  };

  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    logger.info({ signal }, 'stopping');
    end(0);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  // Unhandled rejections arrive here too.
  process.on('uncaughtException', (error, origin) => {
    logger.error({ err: error, origin }, 'unexpected error, stopping');
    complain(error);
    end(1);
  });

  return {
    async run(what) {
      part = what;
      starting = what.start();
      try {
        await starting;
      } catch (error) {
        // A signal while starting may itself make a part fail; then the way out is already taken.
        if (!stopping) failToStart(error, logger);
      }
    },
    fatal(error) {
      if (stopping) return;
      complain(error);
      process.exit(1);
    },
  };
};
