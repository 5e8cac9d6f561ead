import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * What a browser shows to say that a notification has arrived or was opened: a service worker has no login. It travels
 * within the encrypted message, so only the browser it went to knows it. Signed with the VAPID private key.
 */
export const receiptToken = (notificationId: string, privateKey: string): string =>
  `${notificationId}.${signature(notificationId, privateKey).toString('base64url')}`;

/** The notification a token is good for; undefined for one we did not make. */
export const readReceiptToken = (token: string, privateKey: string): string | undefined => {
  const at = token.indexOf('.');
  const notificationId = token.slice(0, Math.max(at, 0));
  const given = Buffer.from(token.slice(at + 1), 'base64url');
  const expected = signature(notificationId, privateKey);
  return given.length === expected.length && timingSafeEqual(given, expected)
    ? notificationId
    : undefined;
};

const signature = (notificationId: string, privateKey: string): Buffer =>
  createHmac('sha256', privateKey)
    .update(`push receipt ${notificationId}`)
    .digest()
    .subarray(0, 16);
