import dns from 'node:dns';
import http, { type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { errorMessage } from './app-error.ts';
import {
  type AllowedNetworks,
  HOW_TO_ALLOW,
  refusedAddress,
  refusedUrl,
} from './outbound-address.ts';

export type OutboundRequest = {
  method: 'GET' | 'POST';
  headers?: Readonly<Record<string, string>>;
  body?: string | Buffer;
  /** For all of it: name, connection, answer. */
  timeoutMs: number;
};

/** Any answer at all, a redirect too: redirects are not followed. */
export type OutboundResponse = {
  status: number;
  headers: IncomingHttpHeaders;
  /** At most 64 KiB of it. */
  text: string;
};

/**
 * No answer. `mayHaveArrived` is false when the other side cannot have got the request; `refused` when it was not sent
 * because of where it would have gone.
 */
export class OutboundError extends Error {
  override readonly name = 'OutboundError';
  readonly mayHaveArrived: boolean;
  readonly refused: boolean;

  constructor(
    message: string,
    { mayHaveArrived = false, refused = false, cause }: OutboundErrorOptions = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.mayHaveArrived = mayHaveArrived;
    this.refused = refused;
  }
}
type OutboundErrorOptions = { mayHaveArrived?: boolean; refused?: boolean; cause?: unknown };

export type OutboundFetch = (url: string, request: OutboundRequest) => Promise<OutboundResponse>;

const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * HTTP to URLs that people enter. Goes to public addresses and to `allow` only: names are resolved here, what they resolve
 * to is checked, and that very address is connected to, so that a name cannot point elsewhere between the two (DNS
 * rebinding). Rejects with OutboundError; a status is never an error. `lookup` is for tests.
 */
export const createOutboundFetch = (options: {
  allow: AllowedNetworks;
  lookup?: typeof dns.lookup;
}): OutboundFetch => {
  const lookup = checkedLookup(options.allow, options.lookup);
  return async (address, request) => {
    const url = parseUrl(address);
    const refused = refusedUrl(url, options.allow);
    if (refused !== null) throw refusal(`${url.hostname} ${refused}`);
    return exchange(url, request, lookup);
  };
};

const parseUrl = (text: string): URL => {
  if (!URL.canParse(text)) throw new OutboundError('is not a URL', { refused: true });
  const url = new URL(text);
  if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  throw new OutboundError(`${url.protocol}// is neither http:// nor https://`, { refused: true });
};

const refusal = (what: string): OutboundError =>
  new OutboundError(`${what}; ${HOW_TO_ALLOW}`, { refused: true });

/** Resolves a name to those of its addresses that may be connected to; fails where there are none. */
export const checkedLookup =
  (allow: AllowedNetworks, lookup: typeof dns.lookup = dns.lookup): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '');
      const permitted = addresses.filter(({ address }) => refusedAddress(address, allow) === null);
      const [first] = permitted;
      if (first === undefined) {
        const [found] = addresses;
        const reason =
          found === undefined
            ? 'has no address'
            : `resolves to ${found.address}, which ${String(refusedAddress(found.address, allow))}`;
        return callback(refusal(`${hostname} ${reason}`), '');
      }
      if (options.all === true) callback(null, permitted);
      else callback(null, first.address, first.family);
    });
  };

const exchange = (
  url: URL,
  { method, headers, body, timeoutMs }: OutboundRequest,
  lookup: LookupFunction,
): Promise<OutboundResponse> =>
  new Promise((resolve, reject) => {
    const secure = url.protocol === 'https:';
    let connected = false;
    const request = (secure ? https : http).request(url, {
      method,
      // A connection of its own: one kept open may be closed by the other side just as it is used.
      agent: false,
      lookup,
      headers: {
        'user-agent': 'fengsui',
        ...headers,
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      },
    });
    const fail = (error: unknown): void => {
      clearTimeout(timer);
      request.destroy();
      reject(
        error instanceof OutboundError
          ? error
          : new OutboundError(messageOf(error), { mayHaveArrived: connected, cause: error }),
      );
    };
    let answered = false;
    const timer = setTimeout(() => {
      // What has come of the body then has to do.
      if (answered) request.destroy();
      else fail(new Error(`no ${connected ? 'answer' : 'connection'} in ${timeoutMs} ms`));
    }, timeoutMs);
    request.once('socket', (socket) => {
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        connected = true;
      });
    });
    request.once('error', fail);
    request.once('response', (response) => {
      answered = true;
      readText(response).then((text) => {
        clearTimeout(timer);
        request.destroy();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      }, fail);
    });
    request.end(body);
  });

/** A refused connection to a host with several addresses has no message, only a code. */
const messageOf = (error: unknown): string => {
  const text = errorMessage(error);
  if (!(error instanceof AggregateError)) return text;
  const codes = error.errors.map((each) => (each as NodeJS.ErrnoException).code ?? text);
  return [...new Set(codes)].join(', ');
};

/** The status is the answer; a body that breaks off or never ends must not make it unknown. */
const readText = async (response: http.IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk.subarray(0, MAX_ANSWER_BYTES - length));
      length += chunk.length;
      if (length >= MAX_ANSWER_BYTES) break;
    }
  } catch {
    // What came of it is enough.
  }
  return Buffer.concat(chunks).toString('utf8');
};
