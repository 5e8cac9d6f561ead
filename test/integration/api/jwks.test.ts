import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTokens, type Tokens } from '../../../src/api/auth/tokens.ts';
import { systemClock } from '../../../src/shared/clock.ts';

type PrivateKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
type Key = { alg: string; kid: string; privateKey: PrivateKey };

const secret = new TextEncoder().encode('s'.repeat(32));
let provider: Server;
let tokens: Tokens;
const published: object[] = [];
const keys: Key[] = [];

const makeKey = async (alg: string, kid: string): Promise<{ key: Key; jwk: object }> => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { key: { alg, kid, privateKey }, jwk: { ...(await exportJWK(publicKey)), alg, kid } };
};

const sign = ({ alg, kid, privateKey }: Key, claims: JWTPayload, lifeS = 60): Promise<string> =>
  new SignJWT(claims)
    .setProtectedHeader({ alg, kid })
    .setExpirationTime(new Date(Date.now() + lifeS * 1000))
    .sign(privateKey);

const key = (index: number): Key => {
  const found = keys[index];
  if (found === undefined) throw new Error('no such key');
  return found;
};

beforeAll(async () => {
  for (const [alg, kid] of [
    ['RS256', 'rsa'],
    ['ES256', 'ec'],
  ] as const) {
    const made = await makeKey(alg, kid);
    keys.push(made.key);
    published.push(made.jwk);
  }
  provider = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys: published }));
  });
  await new Promise<void>((resolve) => {
    provider.listen(0, '127.0.0.1', resolve);
  });
  const { port } = provider.address() as AddressInfo;
  const jwksUrl = `http://127.0.0.1:${String(port)}/jwks`;
  tokens = createTokens({ secret, jwksUrl, clock: systemClock });
});
afterAll(() => void provider.close());

describe('tokens of an identity provider', () => {
  it.each([0, 1])('are good when signed with one of its keys (%i)', async (index) => {
    const claims = { sub: 'wang', roles: ['dispatcher', 'mail-user'], region_ids: ['t-01'] };
    expect(await tokens.verify(await sign(key(index), claims))).toEqual({
      kind: 'external',
      username: 'wang',
      roles: ['dispatcher'],
      regionIds: ['t-01'],
    });
  });

  it('see every region when the provider names none', async () => {
    const verified = await tokens.verify(await sign(key(0), { sub: 'wang', roles: ['viewer'] }));
    expect(verified).toMatchObject({ regionIds: [] });
  });

  it.each<[string, JWTPayload]>([
    ['no subject', { roles: ['viewer'] }],
    ['no roles', { sub: 'wang' }],
    ['roles that are not a list', { sub: 'wang', roles: 'admin' }],
    ['regions that are not a list', { sub: 'wang', roles: ['viewer'], region_ids: 't-01' }],
  ])('are refused with %s', async (_what, claims) => {
    await expect(tokens.verify(await sign(key(0), claims))).rejects.toMatchObject({
      code: 'unauthorized',
    });
  });

  it('are refused when expired, without an end, or signed by another', async () => {
    const claims = { sub: 'wang', roles: ['viewer'] };
    const { key: stranger } = await makeKey('RS256', 'rsa');
    const endless = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'rsa' })
      .sign(key(0).privateKey);
    const bad = [
      await sign(key(0), claims, -60),
      endless,
      await sign(stranger, claims),
      await sign({ ...stranger, kid: 'unknown' }, claims),
    ];
    for (const token of bad) {
      await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'unauthorized' });
    }
  });

  it('cannot be forged with a published key as HMAC secret, nor with alg none', async () => {
    const claims = { sub: 'wang', roles: ['admin'] };
    const publicText = new TextEncoder().encode(JSON.stringify(published[0]));
    const hmac = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('fengsui')
      .setExpirationTime('1h')
      .sign(publicText);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const none = `${part({ alg: 'none' })}.${part({ ...claims, exp: 9_999_999_999 })}.`;
    for (const token of [hmac, none, 'not.a.token', 'x', `${hmac}x`]) {
      await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'unauthorized' });
    }
  });

  it('are refused where no provider is set; own tokens are good beside them', async () => {
    const own = createTokens({ secret, jwksUrl: undefined, clock: systemClock });
    const external = await sign(key(0), { sub: 'wang', roles: ['admin'] });
    await expect(own.verify(external)).rejects.toMatchObject({ code: 'unauthorized' });
    const { token } = await own.issue('li', 'v1');
    expect(await tokens.verify(token)).toMatchObject({ kind: 'account', username: 'li' });
  });

  it('that the provider cannot be asked about are not the caller’s fault', async () => {
    const jwksUrl = 'http://127.0.0.1:1/jwks';
    const cutOff = createTokens({ secret, jwksUrl, clock: systemClock });
    const token = await sign(key(0), { sub: 'wang', roles: ['viewer'] });
    await expect(cutOff.verify(token)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
