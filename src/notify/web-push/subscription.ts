import { ECDH } from 'node:crypto';
import Type from 'typebox';
import { DateTimeSchema } from '../../shared/http.ts';
import { type AllowedNetworks, HOW_TO_ALLOW, refusedUrl } from '../../shared/outbound-address.ts';

/** A browser of a person. */
export type PushSubscription = {
  id: string;
  endpoint: string;
  /** base64url: 65 bytes, a point on P-256. */
  p256dh: string;
  /** base64url: 16 bytes. */
  auth: string;
};

/** What `PushSubscription.toJSON()` gives in a browser. */
export const NewSubscriptionSchema = Type.Object(
  {
    endpoint: Type.String({ minLength: 1, maxLength: 2048 }),
    expirationTime: Type.Optional(Type.Union([Type.Number(), Type.Null()])),
    keys: Type.Object(
      { p256dh: Type.String({ maxLength: 200 }), auth: Type.String({ maxLength: 100 }) },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);
export type NewSubscription = Type.Static<typeof NewSubscriptionSchema>;

export const SubscriptionSchema = Type.Object({
  id: Type.String(),
  endpoint: Type.String(),
  userAgent: Type.String(),
  createdAt: DateTimeSchema,
  lastSuccessAt: Type.Optional(DateTimeSchema),
  lastErrorAt: Type.Optional(DateTimeSchema),
  lastError: Type.Optional(Type.String()),
});
export type SubscriptionJson = Type.Static<typeof SubscriptionSchema>;

/** What is wrong with a subscription; each names its field. */
export const subscriptionFaults = (
  { endpoint, keys }: NewSubscription,
  allow: AllowedNetworks,
): { path: string; message: string }[] => {
  const errors: { path: string; message: string }[] = [];
  const fault = endpointFault(endpoint, allow);
  if (fault !== null) errors.push({ path: 'endpoint', message: fault });
  if (!isPublicKey(keys.p256dh)) {
    errors.push({ path: 'keys.p256dh', message: 'is not a P-256 public key in base64url' });
  }
  if (!/^[\w-]{22}$/.test(keys.auth)) {
    errors.push({ path: 'keys.auth', message: 'is not 16 bytes in base64url' });
  }
  return errors;
};

const endpointFault = (endpoint: string, allow: AllowedNetworks): string | null => {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined) return 'is not a URL';
  const refused = refusedUrl(url, allow);
  if (refused !== null) return `${url.hostname} ${refused}; ${HOW_TO_ALLOW}`;
  if (url.protocol === 'https:') return null;
  // A push service of one's own, within a network that was allowed by hand, may do without TLS: messages are encrypted.
  const own = url.protocol === 'http:' && refusedUrl(url, []) !== null;
  return own ? null : 'is not an https:// URL';
};

const isPublicKey = (text: string): boolean => {
  const bytes = Buffer.from(text, 'base64url');
  if (!/^[\w-]+$/.test(text) || bytes.length !== 65 || bytes[0] !== 4) return false;
  try {
    ECDH.convertKey(bytes, 'prime256v1');
    return true;
  } catch {
    return false;
  }
};
