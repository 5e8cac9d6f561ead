import { errorMessage } from '../../shared/app-error.ts';

const TIMEOUT_MS = 10_000;

/**
 * Tells an outside watcher that all is well. It alarms when the post does not come: then this service, its machine or the
 * way out is what has failed, and nothing here could tell. Returns what went wrong, null for nothing.
 */
export const postHeartbeat = async (
  url: string,
  { now, timeoutMs = TIMEOUT_MS }: { now: Date; timeoutMs?: number },
): Promise<string | null> => {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ service: 'fengsui', at: now.toISOString() }),
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
    });
    await response.body?.cancel();
    return response.ok ? null : `HTTP ${String(response.status)}`;
  } catch (error) {
    return errorMessage(error);
  }
};
