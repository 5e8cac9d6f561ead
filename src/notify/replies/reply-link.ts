import { createHmac, timingSafeEqual } from 'node:crypto';

/** Whoever was told at night reads it in the morning; a day later the fire is another matter. */
const VALID_S = 24 * 3600;

const ID_BYTES = 16;
/** Seconds since 1970 UTC in five bytes: until the year 36812. */
const EXPIRY_BYTES = 5;
/** 128 bits of an HMAC-SHA-256 are not guessed. */
const MAC_BYTES = 16;
const TOKEN_BYTES = ID_BYTES + EXPIRY_BYTES + MAC_BYTES;

export type ReadLink =
  | { kind: 'valid' | 'expired'; notificationId: string }
  /** Not one of ours, or not whole. */
  | { kind: 'forged' };

/**
 * The token of a link by which a notification is answered without a login: which one, and until when, signed. A notification
 * is one person's, so the link is, too. 50 characters that need no escaping in a URL.
 */
export const signReplyToken = (key: Buffer, notificationId: string, now: Date): string => {
  const expiresS = Math.floor(now.getTime() / 1000) + VALID_S;
  const body = Buffer.alloc(ID_BYTES + EXPIRY_BYTES);
  body.write(notificationId.replaceAll('-', ''), 'hex');
  body.writeUIntBE(expiresS, ID_BYTES, EXPIRY_BYTES);
  return Buffer.concat([body, macOf(key, body)]).toString('base64url');
};

export const readReplyToken = (key: Buffer, token: string, now: Date): ReadLink => {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== TOKEN_BYTES || bytes.toString('base64url') !== token) {
    return { kind: 'forged' };
  }
  const body = bytes.subarray(0, ID_BYTES + EXPIRY_BYTES);
  if (!timingSafeEqual(bytes.subarray(ID_BYTES + EXPIRY_BYTES), macOf(key, body))) {
    return { kind: 'forged' };
  }
  const expiresS = body.readUIntBE(ID_BYTES, EXPIRY_BYTES);
  const kind = now.getTime() < expiresS * 1000 ? 'valid' : 'expired';
  return { kind, notificationId: uuidOf(body.subarray(0, ID_BYTES)) };
};

/** What the key signs here; it may sign other things elsewhere. */
const PURPOSE = 'fengsui reply link 1\n';

const macOf = (key: Buffer, body: Buffer): Buffer =>
  createHmac('sha256', key).update(PURPOSE).update(body).digest().subarray(0, MAC_BYTES);

const uuidOf = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
