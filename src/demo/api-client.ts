import { setTimeout as sleep } from 'node:timers/promises';
import type { Static, TSchema } from 'typebox';
import Type from 'typebox';
import { AppError } from '../shared/app-error.ts';
import { compileSchema, type SchemaResult } from '../shared/schema.ts';

/** Checks an answer; made with `compileSchema`. */
export type Check<T> = (value: unknown) => SchemaResult<T>;

export type ApiClient = {
  get<T>(path: string, check: Check<T>): Promise<T>;
  /** Resolves with undefined when the service answers 409: it is there already. */
  create<T>(path: string, body: unknown, check: Check<T>): Promise<T | undefined>;
  post<T>(path: string, body: unknown, check: Check<T>): Promise<T>;
  /** An open event stream, from after `lastEventId`. */
  openStream(path: string, lastEventId: string | undefined): Promise<Response>;
};

export type ApiClientOptions = {
  /** `http://127.0.0.1:8080` */
  baseUrl: string;
  username: string;
  password: string;
  signal: AbortSignal;
};

const REQUEST_TIMEOUT_MS = 20_000;
const MAX_RATE_LIMIT_WAITS = 3;

const checkLogin = compileSchema(Type.Object({ token: Type.String() }));
const checkProblem = compileSchema(
  Type.Object({
    title: Type.Optional(Type.String()),
    detail: Type.Optional(Type.String()),
    errors: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
  }),
);

/** Any JSON object: for answers of which nothing is needed. */
export const checkAnything: Check<unknown> = compileSchema(Type.Unknown());

/** For short: a checker of an object with these fields; others are let through. */
export const checkerOf = <T extends TSchema>(schema: T): Check<Static<T>> => compileSchema(schema);

/** What the service says is wrong, in one line. */
const problemText = async (response: Response): Promise<string> => {
  const body: unknown = await response.json().catch(() => ({}));
  const problem = checkProblem(body);
  if (!problem.ok) return `HTTP ${response.status}`;
  const errors = (problem.value.errors ?? []).map(({ path, message }) => `${path} ${message}`);
  return [problem.value.detail ?? problem.value.title ?? `HTTP ${response.status}`, ...errors]
    .slice(0, 6)
    .join('; ');
};

/**
 * Talks to the service as a user does. Logs in when first needed and again when the token has run out;
 * waits when told to slow down. A refusal becomes an AppError with the service's own words.
 */
export const createApiClient = ({
  baseUrl,
  username,
  password,
  signal,
}: ApiClientOptions): ApiClient => {
  let token: Promise<string> | undefined;
  const url = (path: string): string => `${baseUrl.replace(/\/$/, '')}/api/v1/${path}`;

  const send = async (path: string, init: RequestInit): Promise<Response> => {
    const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    return fetch(url(path), { ...init, signal: AbortSignal.any([signal, timeout]) });
  };

  const login = async (): Promise<string> => {
    const response = await send('auth/login', jsonRequest({ username, password }));
    if (!response.ok) {
      throw new AppError(
        'startup',
        `the demo cannot log in as "${username}" (${await problemText(response)}); start it with the ADMIN_PASSWORD this data was made with`,
      );
    }
    return parse('auth/login', await response.json(), checkLogin).token;
  };

  const authorized = async (path: string, init: JsonRequest): Promise<Response> => {
    let waits = 0;
    for (let triedNewToken = false; ; ) {
      const current = (token ??= login());
      const headers = { ...init.headers, authorization: `Bearer ${await current}` };
      const response = await send(path, { ...init, headers });
      if (response.status === 401 && !triedNewToken) {
        triedNewToken = true;
        if (token === current) token = undefined;
      } else if (response.status === 429 && waits < MAX_RATE_LIMIT_WAITS) {
        waits += 1;
        const seconds = Number(response.headers.get('retry-after') ?? 1);
        await sleep(Math.min(60, seconds > 0 ? seconds : 1) * 1_000, undefined, { signal });
      } else {
        return response;
      }
      await response.body?.cancel();
    }
  };

  const requireOk = async (path: string, response: Response): Promise<unknown> => {
    if (response.ok) return response.status === 204 ? {} : await response.json();
    throw new AppError('bad_request', `${path}: ${await problemText(response)}`);
  };

  return {
    async get(path, check) {
      return parse(path, await requireOk(path, await authorized(path, {})), check);
    },
    async create(path, body, check) {
      const response = await authorized(path, jsonRequest(body));
      if (response.status === 409) {
        await response.body?.cancel();
        return undefined;
      }
      return parse(path, await requireOk(path, response), check);
    },
    async post(path, body, check) {
      return parse(path, await requireOk(path, await authorized(path, jsonRequest(body))), check);
    },
    async openStream(path, lastEventId) {
      const current = (token ??= login());
      const headers: Record<string, string> = {
        accept: 'text/event-stream',
        authorization: `Bearer ${await current}`,
      };
      if (lastEventId !== undefined) headers['last-event-id'] = lastEventId;
      const response = await fetch(url(path), { headers, signal });
      if (response.ok) return response;
      if (response.status === 401 && token === current) token = undefined;
      throw new AppError('unavailable', `${path}: ${await problemText(response)}`);
    },
  };
};

type JsonRequest = { method?: 'POST'; headers?: Record<string, string>; body?: string };

const jsonRequest = (body: unknown): JsonRequest => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const parse = <T>(path: string, value: unknown, check: Check<T>): T => {
  const checked = check(value);
  if (checked.ok) return checked.value;
  const reasons = checked.errors.map((error) => `${error.path} ${error.message}`).join('; ');
  throw new AppError('unavailable', `${path} answered in an unexpected shape: ${reasons}`);
};
