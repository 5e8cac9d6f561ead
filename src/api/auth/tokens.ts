import {
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  type JWTVerifyGetKey,
  jwtVerify,
  SignJWT,
} from 'jose';
import Type from 'typebox';
import { AppError } from '../../shared/app-error.ts';
import type { Clock } from '../../shared/clock.ts';
import { ACCESS_ROLES, type AccessRole } from '../../shared/http.ts';
import { compileSchema } from '../../shared/schema.ts';

const ISSUER = 'fengsui';
/** A shift and its handover; long enough that nobody is logged out in the middle of a fire. */
const TOKEN_LIFE_MS = 12 * 3_600_000;
/** Clocks of two machines in one county network. */
const CLOCK_TOLERANCE_S = 5;
const REMOTE_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
];

/** Whom a token speaks for: an account here, or somebody the identity provider vouches for. */
export type TokenClaims =
  | { kind: 'account'; username: string; passwordVersion: string }
  | {
      kind: 'external';
      username: string;
      roles: readonly AccessRole[];
      regionIds: readonly string[];
    };

export type Tokens = {
  issue(username: string, passwordVersion: string): Promise<{ token: string; expiresAt: string }>;
  /** Throws AppError('unauthorized') with the reason, or 'unavailable' when the identity provider cannot be asked. */
  verify(token: string): Promise<TokenClaims>;
};

export type TokensOptions = {
  secret: Uint8Array;
  /** Where an identity provider publishes its keys; undefined = only tokens issued here are good. */
  jwksUrl: string | undefined;
  clock: Clock;
};

const ownClaims = compileSchema(
  Type.Object({ sub: Type.String({ minLength: 1 }), pwv: Type.String() }),
);
const externalClaims = compileSchema(
  Type.Object({
    sub: Type.String({ minLength: 1, maxLength: 200 }),
    roles: Type.Array(Type.String()),
    region_ids: Type.Optional(Type.Array(Type.String())),
  }),
);

/**
 * Tokens issued here are HS256. With `jwksUrl`, tokens signed by that provider (RS, PS or ES) are good too,
 * with claims `sub`, `roles` (unknown ones are passed over) and `region_ids` (absent = every region).
 * The algorithm decides which key is tried, so a public key can never serve as an HMAC secret.
 */
export const createTokens = ({ secret, jwksUrl, clock }: TokensOptions): Tokens => {
  const remoteKeys = jwksUrl === undefined ? undefined : createRemoteKeys(jwksUrl);

  const verifyOwn = async (token: string): Promise<TokenClaims> => {
    const { payload } = await jwtVerify(token, secret, {
      algorithms: ['HS256'],
      issuer: ISSUER,
      requiredClaims: ['exp'],
      currentDate: clock.now(),
      clockTolerance: CLOCK_TOLERANCE_S,
    });
    const claims = ownClaims(payload);
    if (!claims.ok) throw badToken('The token lacks a claim');
    return { kind: 'account', username: claims.value.sub, passwordVersion: claims.value.pwv };
  };

  const verifyExternal = async (token: string): Promise<TokenClaims> => {
    if (remoteKeys === undefined) throw badToken('The token was not issued here');
    const { payload } = await jwtVerify(token, remoteKeys, {
      algorithms: REMOTE_ALGORITHMS,
      requiredClaims: ['exp', 'sub'],
      currentDate: clock.now(),
      clockTolerance: CLOCK_TOLERANCE_S,
    });
    const claims = externalClaims(payload);
    if (!claims.ok) {
      const wrong = claims.errors.map(({ path, message }) => `${path} ${message}`).join('; ');
      throw badToken(`The token's claims are not usable: ${wrong}`);
    }
    const { sub, roles, region_ids: regionIds = [] } = claims.value;
    return {
      kind: 'external',
      username: sub,
      roles: ACCESS_ROLES.filter((role) => roles.includes(role)),
      regionIds,
    };
  };

  return {
    async issue(username, passwordVersion) {
      const nowMs = clock.now().getTime();
      const expiresAt = new Date(nowMs + TOKEN_LIFE_MS);
      const token = await new SignJWT({ pwv: passwordVersion })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer(ISSUER)
        .setSubject(username)
        .setIssuedAt(new Date(nowMs))
        .setExpirationTime(expiresAt)
        .sign(secret);
      return { token, expiresAt: expiresAt.toISOString() };
    },
    async verify(token) {
      try {
        const { alg } = decodeProtectedHeader(token);
        return await (alg === 'HS256' ? verifyOwn(token) : verifyExternal(token));
      } catch (error) {
        throw asAppError(error);
      }
    },
  };
};

const badToken = (message: string, cause?: unknown): AppError =>
  new AppError('unauthorized', message, { cause });

/** Keys of the identity provider; that it cannot be asked is not the token's fault. */
const createRemoteKeys = (jwksUrl: string): JWTVerifyGetKey => {
  const keys = createRemoteJWKSet(new URL(jwksUrl));
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      if (
        error instanceof errors.JWKSNoMatchingKey ||
        error instanceof errors.JWKSMultipleMatchingKeys ||
        error instanceof errors.JOSENotSupported
      ) {
        throw error;
      }
      throw new AppError('unavailable', 'The identity provider (JWKS_URL) cannot be reached', {
        cause: error,
      });
    }
  };
};

/** jose's own errors and TypeErrors (not a token at all) are the token's; which of them helps only a forger. */
const asAppError = (error: unknown): unknown => {
  if (error instanceof AppError) return error;
  if (error instanceof errors.JWTExpired)
    return badToken('The token has expired; log in again', error);
  if (error instanceof errors.JOSEError || error instanceof TypeError) {
    return badToken('The token is not valid', error);
  }
  return error;
};
