import Type from 'typebox';
import { ProviderNameSchema, TokenSchema } from './http-gateway-config.ts';
import type { FieldError } from './message-template.ts';

const strict = { additionalProperties: false };

/** One template as Aliyun has approved it. */
const TemplateSchema = Type.Object(
  {
    templateCode: Type.String({ pattern: '^SMS_\\d+$' }),
    /** The approved text with its ${variables}, without the signature: for the length and the names. */
    text: Type.String({ minLength: 1, maxLength: 500 }),
    /** For persons of this language; without it for all. */
    locale: Type.Optional(Type.Enum(['zh-CN', 'en'])),
    signName: Type.Optional(Type.String({ minLength: 1, maxLength: 20 })),
  },
  strict,
);
export type AliyunTemplate = Type.Static<typeof TemplateSchema>;

/** What a template may name; each value fits Aliyun's rules for variables. */
export const ALIYUN_VARIABLES = [
  'number',
  'code',
  'kind',
  'level',
  'place',
  'source',
  'time',
  'radius',
  'by',
  'text',
] as const;
export type AliyunVariable = (typeof ALIYUN_VARIABLES)[number];

const TemplateListSchema = Type.Array(TemplateSchema, { minItems: 1 });
const Some = Type.Optional(TemplateListSchema);

/**
 * What a template can be for: the `type` of a notification, and of alerts `unanswered` (nobody has taken it), `upgrade`
 * (told as possible before) and `repeat` (it may have arrived already). Without one of their own these use `alert`.
 */
const TemplatesSchema = Type.Object(
  {
    alert: TemplateListSchema,
    unanswered: Some,
    upgrade: Some,
    repeat: Some,
    taken_over: Some,
    reply: Some,
    audit: Some,
    report_due: Some,
    alert_bundle: Some,
    verification: Some,
    consent: Some,
    duty: Some,
  },
  strict,
);
export type AliyunTemplates = Type.Static<typeof TemplatesSchema>;

export const AliyunSmsSchema = Type.Object(
  {
    name: Type.Optional(ProviderNameSchema),
    accessKeyId: Type.String({ minLength: 1 }),
    accessKeySecret: Type.String({ minLength: 1 }),
    endpoint: Type.Optional(Type.String({ pattern: '^https?://[^/]+$' })),
    signName: Type.String({ minLength: 1, maxLength: 20, pattern: '^[^【】]+$' }),
    /** More than one for a use are taken in turns: a number gets `dailyLimit` from each. */
    templates: TemplatesSchema,
    dailyLimit: Type.Optional(Type.Integer({ minimum: 1 })),
    /** Numbers that Aliyun has exempted from its limits, E.164. */
    whitelist: Type.Optional(Type.Array(Type.String({ pattern: '^\\+[1-9]\\d{6,14}$' }))),
    /** What Aliyun allows the variables of these templates. */
    maxVariableLength: Type.Optional(Type.Integer({ minimum: 4, maximum: 500 })),
    timeoutS: Type.Optional(Type.Number({ minimum: 0.1, maximum: 25 })),
    /** Where Aliyun's HTTP push (SmsReport, SmsUp) is taken. */
    callback: Type.Optional(Type.Object({ token: TokenSchema }, strict)),
  },
  strict,
);
export type AliyunSmsConfig = Type.Static<typeof AliyunSmsSchema>;

export const PLACEHOLDER = /\$\{([^{}]*)\}/g;

/** Two parts; a longer alert is not read. */
export const ALIYUN_MAX_UNITS = 134;

/** What the schema cannot say. */
export const checkAliyun = (config: AliyunSmsConfig, path: string): FieldError[] =>
  Object.entries(config.templates).flatMap(([use, templates]) =>
    templates.flatMap((template, index) =>
      checkTemplate(template, template.signName ?? config.signName).map((message) => ({
        path: `${path}/templates/${use}/${index}/text`,
        message,
      })),
    ),
  );

const checkTemplate = ({ text }: AliyunTemplate, signName: string): string[] => {
  const names = [...text.matchAll(PLACEHOLDER)].map(([, name]) => name ?? '');
  const known: readonly string[] = ALIYUN_VARIABLES;
  const errors = names
    .filter((name) => !known.includes(name))
    .map((name) => `has the unknown variable \${${name}}; there are ${known.join(', ')}`);
  if (/[【】]/.test(text)) {
    errors.push('holds 【 or 】, which only the signature may; it is put in front by Aliyun');
  }
  const fixed = text.replaceAll(PLACEHOLDER, '').length + names.length + signName.length + 2;
  if (fixed > ALIYUN_MAX_UNITS) {
    errors.push(
      `leaves its variables no room: with the signature it has ${fixed} characters of the ${ALIYUN_MAX_UNITS} of two SMS`,
    );
  }
  return errors;
};
