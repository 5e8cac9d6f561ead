import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Embedded PostgreSQL and broker start in seconds; a cold machine may take longer.
const shared = { testTimeout: 30_000, hookTimeout: 60_000, pool: 'forks' } as const;

export default defineConfig({
  test: {
    // Most of the time a test waits for a database, a broker or a process: two at a time even on a small machine.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      { test: { ...shared, name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      {
        test: {
          ...shared,
          name: 'system',
          include: ['test/{integration,story}/**/*.test.ts'],
          globalSetup: ['test/support/database-server.ts'],
        },
      },
      {
        // Need Mosquitto and Redis: run by `npm run test:services` only.
        test: {
          ...shared,
          name: 'services',
          include: ['test/services/**/*.test.ts'],
          globalSetup: ['test/support/database-server.ts'],
        },
      },
    ],
  },
});
