import type { Env } from '../shared/env.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';

export type DemoOptions = {
  env: Env;
  /** Which county is made up; see `demoSeed`. */
  seed: number;
  /** Where the running service answers, with the real ports: `http://127.0.0.1:8080`, `mqtt://127.0.0.1:1883`. */
  baseUrl: string;
  mqttUrl: string;
  logger: Logger;
  /** Writes text to the terminal as it is: no newline is added. */
  print: (text: string) => void;
};

/** One run of the demo. */
export const createDemoRun = (options: DemoOptions): Part => ({
  name: 'demo',
  async start() {
    options.logger.warn('the demo county is not built yet');
  },
  async stop() {},
});
