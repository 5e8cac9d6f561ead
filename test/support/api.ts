export type Api = <T>(method: string, path: string, body?: unknown) => Promise<T>;

/** `/api/v1` of a service, as admin; rejects on any answer but 2xx. */
export const logIn = async (base: string, password: string): Promise<Api> => {
  const { token } = await call<{ token: string }>(base, '', 'POST auth/login', {
    username: 'admin',
    password,
  });
  return (method, path, body) => call(base, token, `${method} ${path}`, body);
};

/** Longer than the service waits for a database that is away. */
const ANSWER_WITHIN_MS = 15_000;

const call = async <T>(base: string, token: string, route: string, body: unknown): Promise<T> => {
  const [method = '', path = ''] = route.split(' ');
  const response = await fetch(`${base}/${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
    },
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new ApiError(route, response.status, await response.text());
  return response.json() as Promise<T>;
};

export class ApiError extends Error {
  readonly status: number;

  constructor(route: string, status: number, text: string) {
    super(`${route}: ${status} ${text}`);
    this.name = 'ApiError';
    this.status = status;
  }
}
