import type { Part } from '../shared/part.ts';
import type { DemoOptions } from './demo.ts';
import { demoEnv, demoSeed } from './demo-env.ts';

export type { DemoOptions };
export { demoEnv, demoSeed };

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
