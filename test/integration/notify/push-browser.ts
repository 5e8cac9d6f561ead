import {
  createDecipheriv,
  createECDH,
  createHmac,
  createPublicKey,
  randomBytes,
  verify,
} from 'node:crypto';
import type { Call } from './answer-server.ts';

const hmac = (key: Buffer, ...parts: Buffer[]): Buffer =>
  createHmac('sha256', key).update(Buffer.concat(parts)).digest();

/** HKDF of one block, as RFC 8188 and RFC 8291 use it. */
const derive = (key: Buffer, info: Buffer, length: number): Buffer =>
  hmac(key, info, Buffer.from([1])).subarray(0, length);

const label = (text: string): Buffer => Buffer.from(`${text}\0`, 'latin1');

/** The browser's side of Web Push, written from the RFCs: subscribes, and opens what it is sent. */
export const createBrowser = (endpoint: string, fixed?: { privateKey: string; auth: string }) => {
  const keys = createECDH('prime256v1');
  if (fixed === undefined) keys.generateKeys();
  else keys.setPrivateKey(fixed.privateKey, 'base64url');
  const publicKey = keys.getPublicKey();
  const auth = fixed === undefined ? randomBytes(16) : Buffer.from(fixed.auth, 'base64url');
  return {
    subscription: {
      endpoint,
      expirationTime: null,
      keys: { p256dh: publicKey.toString('base64url'), auth: auth.toString('base64url') },
    },

    /** Decrypts `aes128gcm` (RFC 8188) with the key of RFC 8291, section 3.4. Throws when it was not meant for us. */
    decrypt(body: Buffer): string {
      const salt = body.subarray(0, 16);
      const idLength = body.readUInt8(20);
      const sender = body.subarray(21, 21 + idLength);
      const encrypted = body.subarray(21 + idLength);
      const shared = keys.computeSecret(sender);
      const keyInfo = Buffer.concat([label('WebPush: info'), publicKey, sender]);
      const secret = derive(hmac(auth, shared), keyInfo, 32);
      const pseudoRandom = hmac(salt, secret);
      const key = derive(pseudoRandom, label('Content-Encoding: aes128gcm'), 16);
      const nonce = derive(pseudoRandom, label('Content-Encoding: nonce'), 12);
      const cipher = createDecipheriv('aes-128-gcm', key, nonce);
      cipher.setAuthTag(encrypted.subarray(-16));
      const padded = Buffer.concat([cipher.update(encrypted.subarray(0, -16)), cipher.final()]);
      // The last record ends in 2 and padding.
      return padded.subarray(0, padded.lastIndexOf(2)).toString();
    },

    open(body: Buffer): Record<string, unknown> {
      return JSON.parse(this.decrypt(body)) as Record<string, unknown>;
    },
  };
};

/**
 * What a push service checks of the sender (RFC 8292): the JWT is for it, in time, and signed with the key browsers have
 * subscribed to. Returns what is wrong.
 */
export const vapidFault = (call: Call, publicKey: string, nowMs = Date.now()): string | null => {
  const [, jwt, key] = /^vapid t=([^,]+), ?k=(.+)$/.exec(call.headers.authorization ?? '') ?? [];
  if (jwt === undefined || key === undefined) return 'no vapid authorization';
  if (key !== publicKey) return 'another key';
  const [header = '', claims = '', signature = ''] = jwt.split('.');
  const point = Buffer.from(key, 'base64url');
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  };
  const valid = verify(
    'sha256',
    Buffer.from(`${header}.${claims}`),
    { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  if (!valid) return 'bad signature';
  const { aud, exp, sub } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as {
    aud: string;
    exp: number;
    sub: string;
  };
  if (aud !== call.url.origin) return `for ${aud}`;
  if (exp * 1000 <= nowMs || exp * 1000 > nowMs + 86_400_000) return 'expires too late or is over';
  return sub.startsWith('mailto:') ? null : `subject ${sub}`;
};
