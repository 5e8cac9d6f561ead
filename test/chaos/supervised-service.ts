import { setTimeout as delay } from 'node:timers/promises';
import { type ServiceProcess, spawnService } from './service-process.ts';

/** A process of the service under a supervisor that starts it again whenever it ends, as systemd or Docker does. */
export type SupervisedService = {
  name: string;
  /** Where its API answers while it is up. */
  base: string;
  /** How long it has been ready; 0 while it is not. */
  upMs(): number;
  /** How long its last start took: on a busy machine ten times what it takes on an idle one. */
  startMs(): number;
  /** Resolves when it becomes ready next, if need be after several starts; at once when it is. */
  untilReady(): Promise<void>;
  /** `kill -9`; what resolves is the death, `downMs` later it is started again. */
  kill(downMs: number): Promise<void>;
  stop(): Promise<void>;
  /** What it said when it ended by itself after it had been ready: a fault, whatever was killed around it. */
  deaths: string[];
};

const START_AGAIN_MS = 300;

export const superviseService = (name: string, env: Record<string, string>): SupervisedService => {
  const deaths: string[] = [];
  let current: ServiceProcess | undefined;
  let readyAt: number | undefined;
  const tellReady: (() => void)[] = [];
  let startMs = 0;
  let stopping = false;
  let killedFor: number | undefined;

  const keepRunning = async (): Promise<void> => {
    while (!stopping) {
      const running = spawnService(env);
      const startedAt = Date.now();
      current = running;
      void running.ready.then(
        () => {
          if (current !== running || killedFor !== undefined) return;
          readyAt = Date.now();
          startMs = readyAt - startedAt;
          for (const tell of tellReady.splice(0)) tell();
        },
        // Not ready within a minute, or ended: a start while the database is away fails, the next one will do.
        () => running.child.kill('SIGKILL'),
      );
      await running.exited;
      if (readyAt !== undefined && killedFor === undefined && !stopping)
        deaths.push(`${name}: ${running.stderr()}`);
      readyAt = undefined;
      current = undefined;
      await delay(killedFor ?? START_AGAIN_MS);
      killedFor = undefined;
    }
  };
  const running = keepRunning();

  return {
    name,
    base: `http://127.0.0.1:${env.PORT}/api/v1`,
    deaths,
    startMs: () => startMs,
    upMs: () => (readyAt === undefined ? 0 : Math.max(1, Date.now() - readyAt)),
    untilReady: () =>
      readyAt === undefined ? new Promise((resolve) => tellReady.push(resolve)) : Promise.resolve(),
    async kill(downMs) {
      killedFor = downMs;
      readyAt = undefined;
      await current?.kill();
    },
    async stop() {
      stopping = true;
      await current?.stop();
      await running;
    },
  };
};
