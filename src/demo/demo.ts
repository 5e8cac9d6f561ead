import type { Part } from '../shared/part.ts';
import type { DemoOptions } from './index.ts';

/** One run of the demo. */
export const createDemoRun = (options: DemoOptions): Part => ({
  name: 'demo',
  async start() {
    options.logger.warn('the demo county is not built yet');
  },
  async stop() {},
});
