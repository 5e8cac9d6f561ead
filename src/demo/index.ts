import type { Env } from '../shared/env.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';
import { demoEnv, demoSeed } from './demo-env.ts';

export { demoEnv, demoSeed };

export type DemoOptions = {
  env: Env;
  /** Which county is made up; see `demoSeed`. */
  seed: number;
  /** Where the running service answers, with the real ports: `http://127.0.0.1:8080`, `mqtt://127.0.0.1:1883`. */
  baseUrl: string;
  mqttUrl: string;
  logger: Logger;
  /** Writes text to the terminal as it is: no newline is added. */
  print(text: string): void;
};

/**
 * The demo county and its fire. `start` resolves when the county is loaded and rejects when it cannot
 * be; the simulation then runs until `stop`. Start it last and stop it first.
 */
export const createDemo = (options: DemoOptions): Part => {
  let running: Part | undefined;
  return {
    name: 'demo',
    async start() {
      // Loaded here so that the service itself never pays for the demo's code.
      const { createDemoRun } = await import('./demo.ts');
      running = createDemoRun(options);
      await running.start();
    },
    async stop() {
      await running?.stop();
    },
  };
};
