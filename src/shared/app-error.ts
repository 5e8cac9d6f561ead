/** Stable machine-readable codes; `api/problem.ts` maps each to an HTTP status. */
export type AppErrorCode =
  | 'bad_request'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'unprocessable'
  | 'too_many_requests'
  | 'unavailable'
  | 'startup';

export type AppErrorOptions = {
  cause?: unknown;
  /** One entry per mistake in the input; `path` names the field (`features[3].geometry`). */
  errors?: { path: string; message: string }[];
};

/** An error whose message is meant for the person who caused it: it says what is wrong and how to mend it. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: AppErrorCode;
  readonly errors: { path: string; message: string }[];

  constructor(code: AppErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.errors = options.errors ?? [];
  }
}

export const errorMessage = (error: unknown): string =>
  error instanceof Error ? error.message || error.name : String(error);
