import { errorMessage } from '../../shared/app-error.ts';
import type { SendResult } from './channel.ts';

export type HttpAnswer =
  | { kind: 'answered'; status: number; body: string; retryAfterMs: number | undefined }
  | Exclude<SendResult, { kind: 'submitted' }>;

/** Errors of a connection that never came about: what was to be sent cannot have arrived. */
const NEVER_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT|ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO)/;

/**
 * One HTTP request, its answer whole. A connection that could not be made is `failed`; no answer in time, or a connection
 * that broke, is `unknown`: the other side may have acted on it. Redirects are not followed.
 */
export const requestOnce = async (
  url: string,
  init: RequestInit,
  timeoutMs: number,
): Promise<HttpAnswer> => {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { ...init, redirect: 'manual', signal });
    const retryAfterS = Number(response.headers.get('retry-after') ?? Number.NaN);
    return {
      kind: 'answered',
      status: response.status,
      body: await response.text(),
      retryAfterMs: Number.isFinite(retryAfterS) ? retryAfterS * 1_000 : undefined,
    };
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') {
      return { kind: 'unknown', reason: `no answer in ${timeoutMs} ms` };
    }
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const { code } = cause as NodeJS.ErrnoException;
    const reason = errorMessage(cause);
    return NEVER_CONNECTED.test(code ?? '')
      ? { kind: 'failed', permanent: false, reason }
      : { kind: 'unknown', reason };
  }
};

/** Status codes after which nobody knows whether the request was acted on; 503 says that it was not. */
export const isUnclear = (status: number): boolean =>
  status === 408 || (status >= 500 && status !== 503);

/** The value at `data.0.id`; undefined where there is none. */
export const valueAt = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((found, key) => {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    return (found as Record<string, unknown>)[key];
  }, value);

/** Text of a JSON value that is a word, a number or a yes; undefined for anything else and for an empty one. */
export const textAt = (value: unknown, path: string | undefined): string | undefined => {
  const found = path === undefined ? undefined : valueAt(value, path);
  const isPlain =
    typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean';
  return isPlain && found !== '' ? String(found) : undefined;
};
