import { randomBytes } from 'node:crypto';
import type dns from 'node:dns';
import { type Device, findDevice } from '../devices/index.ts';
import type { Queryable } from '../shared/db.ts';
import { digestAuthorization } from '../shared/digest-auth.ts';
import {
  createOutboundFetch,
  OutboundError,
  type OutboundFetch,
  type OutboundResponse,
} from '../shared/outbound-fetch.ts';
import { type FetchVerdict, HOW_TO_ALLOW_IMAGES, judgeImageUrl } from './fetch-rules.ts';

export type Fetched =
  | { kind: 'fetched'; bytes: Buffer }
  /** Another try cannot help. */
  | { kind: 'refused'; reason: string }
  /** `out_of_reach`: there was no answer at all, and to the next request there will hardly be one. */
  | { kind: 'failed' | 'out_of_reach'; reason: string };

export type FetchImageDeps = {
  db: Queryable;
  /** IMAGE_HOSTS. */
  listed: readonly string[];
  maxBytes: number;
  /** For tests. */
  lookup?: typeof dns.lookup;
};

/** For all of it. A camera takes a picture when it is asked for one, over a slow line. */
const TIMEOUT_MS = 20_000;

/** Fetches the picture a detection of this device names, if it may be fetched. Never rejects for what the other side does. */
export const fetchImage = async (
  deps: FetchImageDeps,
  { deviceId, url }: { deviceId: string; url: string },
): Promise<Fetched> => {
  const { verdict, login } = await judge(deps, deviceId, url);
  if (verdict.kind === 'refused') return verdict;
  const { lookup, maxBytes } = deps;
  const fetch = createOutboundFetch({
    allow: verdict.allow,
    howToAllow: HOW_TO_ALLOW_IMAGES,
    ...(lookup === undefined ? {} : { lookup }),
  });
  try {
    return read(await getWithLogin(fetch, url, { login, maxBytes }), maxBytes);
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    return { kind: error.refused ? 'refused' : 'out_of_reach', reason: error.message };
  }
};

type Login = { user: string; password: string };

/** What a device asks for before it shows a picture. */
const loginOf = ({ properties }: Device): Login | undefined => {
  const { imageUser: user, imagePassword: password } = properties;
  return typeof user === 'string' && typeof password === 'string' ? { user, password } : undefined;
};

/** By the device itself, or the box in front of it; a login goes to the one it is of, and nowhere else. */
const judge = async (
  { db, listed }: FetchImageDeps,
  deviceId: string,
  url: string,
): Promise<{ verdict: FetchVerdict; login: Login | undefined }> => {
  const device = await findDevice(db, deviceId);
  const gatewayId = device?.gatewayId ?? null;
  const gateway = gatewayId === null ? undefined : await findDevice(db, gatewayId);
  for (const owner of [device, gateway]) {
    const verdict = judgeImageUrl(url, { ownAddress: owner?.properties.address, listed });
    if (owner === undefined || verdict.kind === 'refused' || !verdict.isOwn) continue;
    return { verdict, login: loginOf(owner) };
  }
  return { verdict: judgeImageUrl(url, { ownAddress: undefined, listed }), login: undefined };
};

/** Asks without the login first: what it has to look like, the answer says. */
const getWithLogin = async (
  fetch: OutboundFetch,
  url: string,
  { login, maxBytes }: { login: Login | undefined; maxBytes: number },
): Promise<OutboundResponse> => {
  const request = { method: 'GET', timeoutMs: TIMEOUT_MS, maxAnswerBytes: maxBytes } as const;
  const first = await fetch(url, request);
  if (first.status !== 401 || login === undefined) return first;
  const authorization = authorizationFor(first.headers['www-authenticate'], url, login);
  return authorization === undefined
    ? first
    : fetch(url, { ...request, headers: { authorization } });
};

const authorizationFor = (
  challenge: string | undefined,
  url: string,
  { user, password }: Login,
): string | undefined => {
  const { pathname, search } = new URL(url);
  const digest = digestAuthorization(challenge, {
    username: user,
    password,
    method: 'GET',
    uri: `${pathname}${search}`,
    cnonce: randomBytes(8).toString('hex'),
  });
  if (digest !== undefined) return digest;
  const basic = Buffer.from(`${user}:${password}`).toString('base64');
  return /\bbasic\b/i.test(challenge ?? '') ? `Basic ${basic}` : undefined;
};

const read = ({ status, headers, body, isWhole }: OutboundResponse, maxBytes: number): Fetched => {
  if (status >= 300 && status < 400) {
    return {
      kind: 'refused',
      reason: `it leads on to ${headers.location ?? 'nowhere'}, which is not followed`,
    };
  }
  if (status === 401) {
    const reason = 'it asks for a login: register imageUser and imagePassword with its address';
    return { kind: 'failed', reason };
  }
  if (status !== 200) return { kind: 'failed', reason: `the answer was ${String(status)}` };
  if (isWhole) return { kind: 'fetched', bytes: body };
  return body.length >= maxBytes
    ? { kind: 'refused', reason: `it has more than ${String(maxBytes)} bytes (images.maxBytes)` }
    : { kind: 'failed', reason: `it broke off after ${String(body.length)} bytes` };
};
