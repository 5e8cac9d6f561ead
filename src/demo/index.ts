import type { Part } from '../shared/part.ts';
import type { DemoOptions } from './demo.ts';
import { demoEnv, demoSeed } from './demo-env.ts';

export type { DemoOptions };
export { demoEnv, demoSeed };

/**
 * To be done before the service starts: gives it the demo's terrain. Throws AppError('startup') when DATA_DIR holds
 * other data than the demo's. Takes a second at the first start, nothing later.
 */
export const prepareDemo = async (dataDir: string, seed: number): Promise<void> => {
  const { prepareDemo: prepare } = await import('./prepare-demo.ts');
  await prepare(dataDir, seed);
};

/**
 * The demo county and its fire, against a service that is ready: start it last, stop it first. `start`
 * rejects when the service holds other data or the admin password is another; loading and simulating
 * then go on until `stop`.
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
