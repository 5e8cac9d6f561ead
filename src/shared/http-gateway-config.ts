import Type from 'typebox';
import { type FieldError, unknownVariables } from './message-template.ts';

const strict = { additionalProperties: false };

export const ProviderNameSchema = Type.String({
  pattern: '^[a-z][a-z0-9-]{0,31}$',
  description: 'Stands in attempts and receipts and in the address of callbacks',
});
/** In the address of callbacks instead of a login. */
export const TokenSchema = Type.String({ pattern: '^[A-Za-z0-9_-]{16,100}$' });

const FieldPathSchema = Type.String({
  minLength: 1,
  description: 'Where in a JSON value: data.0.id',
});
const ValuesSchema = Type.Array(Type.Union([Type.String(), Type.Number(), Type.Boolean()]), {
  minItems: 1,
});

const CallbackSchema = Type.Object(
  {
    token: TokenSchema,
    /** Where the list of reports is; without it the body is the list, or the only report. */
    items: Type.Optional(FieldPathSchema),
    receipt: Type.Optional(
      Type.Object(
        {
          /** The message id that the answer to the request gave, or our {{ref}} given back. */
          id: FieldPathSchema,
          status: FieldPathSchema,
          delivered: ValuesSchema,
          /** Not delivered, and trying again will not help. */
          failed: Type.Optional(ValuesSchema),
          /** Not delivered, to be tried again: busy, no answer. */
          retry: Type.Optional(ValuesSchema),
          retryAfterS: Type.Optional(Type.Integer({ minimum: 1, maximum: 3_600 })),
          to: Type.Optional(FieldPathSchema),
          detail: Type.Optional(FieldPathSchema),
        },
        strict,
      ),
    ),
    reply: Type.Optional(
      Type.Object(
        {
          /** What somebody wrote, or the keys pressed during a call. */
          text: FieldPathSchema,
          /** Who; for a call it may be left out: the one who was called. */
          from: Type.Optional(FieldPathSchema),
          to: Type.Optional(FieldPathSchema),
          /** The provider's id of the reply; without it the same report, or the same keys in the same call, are a repeat. */
          id: Type.Optional(FieldPathSchema),
          /** Message id of the call in which the keys were pressed: then they speak of its incident. */
          call: Type.Optional(FieldPathSchema),
        },
        strict,
      ),
    ),
    /** What the provider wants to hear when its report is kept; the default is {"code": 0, "msg": "成功"}. */
    answer: Type.Optional(Type.Union([Type.String(), Type.Record(Type.String(), Type.Unknown())])),
  },
  strict,
);

/** A gateway that takes one message a request. Texts in `url`, `headers` and the body are templates. */
export const HttpGatewaySchema = Type.Object(
  {
    name: Type.Optional(ProviderNameSchema),
    url: Type.String({ pattern: '^https?://[^{}]+' }),
    method: Type.Optional(Type.Enum(['POST', 'PUT', 'GET'])),
    headers: Type.Optional(Type.Record(Type.String({ pattern: '^[A-Za-z0-9-]+$' }), Type.String())),
    json: Type.Optional(Type.Unknown()),
    form: Type.Optional(Type.Record(Type.String(), Type.String())),
    timeoutS: Type.Optional(Type.Number({ minimum: 0.1, maximum: 25 })),
    /** Messages it takes at the same time. */
    window: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
    /** Besides a status 2xx: the field of the JSON answer that says that it was taken. */
    success: Type.Optional(Type.Object({ path: FieldPathSchema, values: ValuesSchema }, strict)),
    messageId: Type.Optional(FieldPathSchema),
    /** Where the answer says why it was not taken, and which of these mean what; any other is tried again. */
    errors: Type.Optional(
      Type.Object(
        {
          path: FieldPathSchema,
          /** This message to this number will never be taken. */
          permanent: Type.Optional(ValuesSchema),
          /** Too much at once. */
          throttled: Type.Optional(ValuesSchema),
          throttlePauseS: Type.Optional(Type.Number({ minimum: 0.1, maximum: 60 })),
        },
        strict,
      ),
    ),
    callback: Type.Optional(CallbackSchema),
  },
  strict,
);
export type HttpGatewayConfig = Type.Static<typeof HttpGatewaySchema>;
export type HttpCallbackConfig = Type.Static<typeof CallbackSchema>;

/**
 * What a template may name. `to` is E.164, `toDigits` without +, `toNational` without the +86 of China; `id` is the same
 * over all attempts, `ref` one attempt's; `code` and `number` name the incident, in a reply and in full.
 */
export const GATEWAY_VARIABLES = [
  'to',
  'toDigits',
  'toNational',
  'text',
  'id',
  'ref',
  'code',
  'number',
  'locale',
] as const;
export type GatewayVariable = (typeof GATEWAY_VARIABLES)[number];

/** A header holds no line break and hardly anything but ASCII: no text of ours. */
const HEADER_VARIABLES = GATEWAY_VARIABLES.filter((name) => name !== 'text');

/** What the schema cannot say. */
export const checkHttpGateway = (gateway: HttpGatewayConfig, path: string): FieldError[] => {
  const { url, headers, json, form, method } = gateway;
  const errors = [
    ...unknownVariables({ url, json, form }, path, GATEWAY_VARIABLES),
    ...unknownVariables(headers, `${path}/headers`, HEADER_VARIABLES),
  ];
  const bodies = [json, form].filter((body) => body !== undefined).length;
  if (method === 'GET' ? bodies > 0 : bodies !== 1) {
    const message =
      method === 'GET'
        ? 'has a body, but GET sends none; put what it needs into url'
        : 'needs a body: either json or form';
    errors.push({ path, message });
  }
  if (!mentions({ url, json, form }, /\{\{\s*to(Digits|National)?\s*\}\}/)) {
    errors.push({ path, message: 'says nowhere whom the message is for; put {{to}} into it' });
  }
  return errors;
};

const mentions = (value: unknown, pattern: RegExp): boolean => pattern.test(JSON.stringify(value));
