import { createECDH } from 'node:crypto';
import Type from 'typebox';
import { isNetwork } from './outbound-address.ts';

const strict = { additionalProperties: false };

/** Of channels.json: the ways to apps, groups and programs that need settings. */
export const PushConfigProperties = {
  /** Browsers. Without keys, a pair is made at first use and kept in the database. */
  webPush: Type.Optional(
    Type.Object(
      {
        /** Whom a push service turns to when something is wrong with our messages. */
        subject: Type.String({ pattern: '^(mailto:[^@\\s]+@[^@\\s]+|https://\\S+)$' }),
        publicKey: Type.Optional(Type.String({ pattern: '^[\\w-]{87}$' })),
        privateKey: Type.Optional(Type.String({ pattern: '^[\\w-]{43}$' })),
      },
      strict,
    ),
  ),
  /** The county's own app, by JPush 极光. */
  jpush: Type.Optional(
    Type.Object(
      {
        appKey: Type.String({ minLength: 1 }),
        masterSecret: Type.String({ minLength: 1 }),
        url: Type.Optional(Type.String({ pattern: '^https?://' })),
        /** Whether the iOS app is the one of the App Store; true unless said otherwise. */
        apnsProduction: Type.Optional(Type.Boolean()),
      },
      strict,
    ),
  ),
  webhook: Type.Optional(
    Type.Object(
      {
        /** Networks that are not public and may be posted to: by webhooks, group robots and Web Push. */
        allow: Type.Array(Type.String()),
      },
      strict,
    ),
  ),
};

const PushConfigSchema = Type.Object(PushConfigProperties);
type PushConfig = Type.Static<typeof PushConfigSchema>;
export type WebPushConfig = NonNullable<PushConfig['webPush']>;
export type JPushConfig = NonNullable<PushConfig['jpush']>;

/** What a schema cannot say: networks are networks, keys are a pair. */
export const pushFaults = ({
  webPush,
  webhook,
}: PushConfig): { path: string; message: string }[] => {
  const errors = (webhook?.allow ?? []).flatMap((text, index) =>
    isNetwork(text)
      ? []
      : [
          {
            path: `/webhook/allow/${index}`,
            message: `"${text}" is not a network; write e.g. "10.1.0.0/16"`,
          },
        ],
  );
  if (webPush !== undefined && !isPair(webPush)) {
    errors.push({
      path: '/webPush',
      message:
        'publicKey and privateKey are not a pair; make one with "npx web-push generate-vapid-keys", or leave both out',
    });
  }
  return errors;
};

const isPair = ({ publicKey, privateKey }: WebPushConfig): boolean => {
  if (publicKey === undefined || privateKey === undefined) return publicKey === privateKey;
  const curve = createECDH('prime256v1');
  try {
    curve.setPrivateKey(privateKey, 'base64url');
  } catch {
    return false;
  }
  return curve.getPublicKey('base64url') === publicKey;
};
