import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Embedded PostgreSQL and broker start in seconds; a cold machine may take longer.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
  },
});
