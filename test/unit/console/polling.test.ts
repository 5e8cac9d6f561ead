import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { packageFile } from '../../../src/shared/package-root.ts';

// The page is plain JavaScript, so its types are said here.
const { createPolling } = (await import(join(packageFile('src/console/public'), 'polling.js'))) as {
  createPolling: (load: () => Promise<void>) => { start: () => void; stop: () => void };
};

afterEach(() => vi.useRealTimers());

it('reads at once and every minute until it is stopped, though it fails and is started twice', async () => {
  vi.useFakeTimers();
  const load = vi.fn<() => Promise<void>>(() => Promise.reject(new Error('no answer')));
  const polling = createPolling(load);
  polling.start();
  polling.start();
  expect(load).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(load).toHaveBeenCalledTimes(4);
  polling.stop();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(load).toHaveBeenCalledTimes(4);
});
