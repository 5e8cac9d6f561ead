import { createHash } from 'node:crypto';

export type DigestRequest = {
  username: string;
  password: string;
  method: string;
  /** Path and query, as in the request line. */
  uri: string;
  /** Ours, fresh for each request. */
  cnonce: string;
};

const HASHES: Readonly<Record<string, string>> = {
  md5: 'md5',
  'sha-256': 'sha256',
  'sha-512-256': 'sha512-256',
};

/**
 * The `Authorization` for the first request with the nonce of a `WWW-Authenticate` header; of several digest challenges
 * the first whose hash we know. Undefined where there is none of that kind, or only `qop=auth-int`. RFC 7616; without
 * `qop` as RFC 2069 has it, for old devices. Pure.
 */
export const digestAuthorization = (
  header: string | undefined,
  request: DigestRequest,
): string | undefined => {
  for (const challenge of challengesIn(header ?? '')) {
    const answer = answerTo(challenge, request);
    if (answer !== undefined) return answer;
  }
  return undefined;
};

type Challenge = Readonly<Record<string, string | undefined>>;

/** Schemes that are not Digest are left out. */
const challengesIn = (header: string): Challenge[] =>
  header
    .slice(0, 8_192)
    .split(/(?:^|,)\s*(?=[A-Za-z]+\s+[A-Za-z-]+\s*=)/)
    .filter((text) => /^digest\s/i.test(text))
    .map((text) =>
      Object.fromEntries(
        [...text.slice(6).matchAll(/([A-Za-z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g)].map(
          ([, name = '', quoted, token]) => [
            name.toLowerCase(),
            quoted?.replace(/\\(.)/g, '$1') ?? token,
          ],
        ),
      ),
    );

const answerTo = (challenge: Challenge, request: DigestRequest): string | undefined => {
  const { realm = '', nonce, opaque, algorithm = 'MD5', qop } = challenge;
  const session = /-sess$/i.test(algorithm);
  const hash = HASHES[algorithm.toLowerCase().replace(/-sess$/, '')];
  const withQop = qop !== undefined;
  if (hash === undefined || nonce === undefined) return undefined;
  if (withQop && !qop.split(',').some((each) => each.trim() === 'auth')) return undefined;
  const { username, password, method, uri, cnonce } = request;
  const h = (text: string): string => createHash(hash).update(text).digest('hex');
  const user = h(`${username}:${realm}:${password}`);
  const secret = session ? h(`${user}:${nonce}:${cnonce}`) : user;
  const proof = withQop ? `${nonce}:${FIRST}:${cnonce}:auth` : nonce;
  const fields = [
    `username=${quoted(username)}`,
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(uri)}`,
    `response="${h(`${secret}:${proof}:${h(`${method}:${uri}`)}`)}"`,
    `algorithm=${algorithm}`,
    ...(withQop || session ? [`cnonce="${cnonce}"`] : []),
    ...(withQop ? [`nc=${FIRST}`, 'qop=auth'] : []),
    ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
  ];
  return `Digest ${fields.join(', ')}`;
};

const FIRST = '00000001';

const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
