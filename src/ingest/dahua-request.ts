import { randomBytes } from 'node:crypto';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { DahuaSetup } from '../devices/index.ts';
import { digestAuthorization } from '../shared/digest-auth.ts';
import { type AllowedNetworks, refusedUrl } from '../shared/outbound-address.ts';
import { checkedLookup } from '../shared/outbound-fetch.ts';

export type DahuaAnswer =
  | { kind: 'streaming'; response: IncomingMessage }
  /** `login`: it does not take user and password, and locks the user after a few more tries. */
  | { kind: 'refused'; login: boolean; reason: string };

export type DahuaRequestOptions = {
  /** Networks that may be reached besides public and private ones. */
  allow: AllowedNetworks;
  heartbeatS: number;
  timeoutMs: number;
  signal: AbortSignal;
};

/** Where cameras stand; what else is not public (loopback, link-local with the metadata of a cloud) has to be allowed. */
const PRIVATE_NETWORKS = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  'fc00::/7',
] as const;

/**
 * Asks a device for its event stream, with HTTP digest authentication. Rejects when it cannot be reached or does not
 * answer in time; `signal` ends the stream as well.
 */
export const requestDahuaEvents = async (
  { url, user, password, codes = ['FireWarning'] }: DahuaSetup,
  options: DahuaRequestOptions,
): Promise<DahuaAnswer> => {
  const target = new URL('/cgi-bin/eventManager.cgi', url);
  target.search = `action=attach&codes=[${codes.join(',')}]&heartbeat=${String(options.heartbeatS)}`;
  const allow = [...PRIVATE_NETWORKS, ...options.allow];
  const refused = refusedUrl(target, allow);
  if (refused !== null) return refusal(`${target.hostname} ${refused}`);
  const first = await ask(target, { ...options, allow });
  if (first.statusCode !== 401) return answerOf(first);
  first.destroy();
  const authorization = digestAuthorization(first.headers['www-authenticate'], {
    username: user,
    password,
    method: 'GET',
    uri: target.pathname + target.search,
    cnonce: randomBytes(16).toString('hex'),
  });
  if (authorization === undefined) return refusal('it does not offer digest authentication');
  return answerOf(await ask(target, { ...options, allow, authorization }));
};

const refusal = (reason: string, login = false): DahuaAnswer => ({
  kind: 'refused',
  login,
  reason,
});

const answerOf = (response: IncomingMessage): DahuaAnswer => {
  const { statusCode = 0, headers } = response;
  const type = headers['content-type'] ?? '';
  if (statusCode === 200 && /^multipart\//i.test(type)) return { kind: 'streaming', response };
  response.destroy();
  if (statusCode === 401 || statusCode === 403) {
    return refusal('it does not accept user and password', true);
  }
  return refusal(
    statusCode === 200
      ? `it answers ${type || 'without a type'} instead of an event stream`
      : `it answers ${String(statusCode)}; does it know the codes?`,
  );
};

const ask = (
  url: URL,
  { allow, timeoutMs, signal, authorization }: DahuaRequestOptions & { authorization?: string },
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      agent: false,
      lookup: checkedLookup(allow),
      signal,
      headers: authorization === undefined ? {} : { authorization },
    });
    const timer = setTimeout(
      () => request.destroy(new Error(`no answer in ${String(timeoutMs)} ms`)),
      timeoutMs,
    );
    // Not once: a stream that is cut off says so here as well.
    request.on('error', reject);
    request.once('response', (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    request.once('close', () => clearTimeout(timer));
    request.end();
  });
