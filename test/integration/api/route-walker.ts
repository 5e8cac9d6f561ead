import type { AccessRole } from '../../../src/shared/http.ts';

export type Operation = {
  method: string;
  /** With `{id}` for parameters. */
  path: string;
  /** Undefined = public. */
  roles: readonly string[] | undefined;
};

type ApiDocument = {
  paths: Record<string, Record<string, { security?: unknown[]; 'x-roles'?: string[] }>>;
};

/** Every operation below /api. The API document has them all: a route that is not in it keeps the service from starting. */
export const operationsOf = (document: ApiDocument): Operation[] =>
  Object.entries(document.paths)
    .filter(([path]) => path.startsWith('/api'))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        roles: operation['x-roles'],
      })),
    );

/** The status of one call without a body; parameters are filled with something that does not exist. */
const statusOf = async (
  baseUrl: string,
  { method, path }: Operation,
  token: string | undefined,
): Promise<number> => {
  const abort = new AbortController();
  const response = await fetch(baseUrl + path.replaceAll(/\{\w+\}/g, 'none'), {
    method,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    signal: abort.signal,
  });
  // The event stream never ends by itself.
  abort.abort();
  return response.status;
};

/**
 * Calls every operation with no token, with a bad one and with one of each role. Returns what is not as
 * stated: 401 without a good token, 403 for a role that is not admitted, neither for one that is.
 */
export const walkRoutes = async (
  baseUrl: string,
  operations: readonly Operation[],
  tokens: ReadonlyMap<AccessRole, string>,
): Promise<string[]> => {
  const wrong: string[] = [];
  for (const operation of operations) {
    const { roles } = operation;
    const check = async (who: string, token: string | undefined, expected: number | 'admitted') => {
      const status = await statusOf(baseUrl, operation, token);
      const admitted = status !== 401 && status !== 403 && status < 500;
      if (expected === 'admitted' ? admitted : status === expected) return;
      wrong.push(`${operation.method} ${operation.path} as ${who}: ${String(status)}`);
    };
    await check('nobody', undefined, roles === undefined ? 'admitted' : 401);
    if (roles !== undefined) await check('a forger', 'eyJhbGciOiJIUzI1NiJ9.e30.AAAA', 401);
    for (const [role, token] of tokens) {
      await check(role, token, roles === undefined || roles.includes(role) ? 'admitted' : 403);
    }
  }
  return wrong;
};
