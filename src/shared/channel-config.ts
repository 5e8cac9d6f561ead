import { join } from 'node:path';
import Type from 'typebox';
import { AliyunSmsSchema, checkAliyun } from './aliyun-config.ts';
import { AppError } from './app-error.ts';
import { checkHttpGateway, HttpGatewaySchema, ProviderNameSchema } from './http-gateway-config.ts';
import { readJsonFile } from './json-file.ts';
import type { FieldError } from './message-template.ts';
import { namedProviders } from './provider-names.ts';
import { PushConfigProperties, pushFaults } from './push-config.ts';
import { compileSchema } from './schema.ts';

const strict = { additionalProperties: false };
const oneProvider = { ...strict, minProperties: 1, maxProperties: 1 };

const SmppSchema = Type.Object(
  {
    name: Type.Optional(ProviderNameSchema),
    url: Type.String({ pattern: '^smpps?://' }),
  },
  strict,
);
const SmtpSchema = Type.Object(
  {
    name: Type.Optional(ProviderNameSchema),
    /** `smtp://user:password@host:587`; `smtps://` for TLS from the first byte. */
    url: Type.String({ pattern: '^smtps?://' }),
    /** `烽燧 <alarm@example.cn>` */
    from: Type.String({ pattern: '@' }),
    timeoutS: Type.Optional(Type.Number({ minimum: 0.1, maximum: 25 })),
  },
  strict,
);
export type SmtpConfig = Type.Static<typeof SmtpSchema>;

/** Providers of a channel in order of preference: when the first fails, the next is tried. Each entry names one. */
const ChannelConfigSchema = Type.Object(
  {
    sms: Type.Optional(
      Type.Array(
        Type.Object(
          {
            smpp: Type.Optional(SmppSchema),
            aliyun: Type.Optional(AliyunSmsSchema),
            http: Type.Optional(HttpGatewaySchema),
          },
          oneProvider,
        ),
        { minItems: 1 },
      ),
    ),
    voice: Type.Optional(
      Type.Array(Type.Object({ http: Type.Optional(HttpGatewaySchema) }, oneProvider), {
        minItems: 1,
      }),
    ),
    email: Type.Optional(
      Type.Array(Type.Object({ smtp: Type.Optional(SmtpSchema) }, oneProvider), { minItems: 1 }),
    ),
    ...PushConfigProperties,
  },
  strict,
);
export type ChannelConfig = Type.Static<typeof ChannelConfigSchema>;

const channels = compileSchema(ChannelConfigSchema);

type Source = Readonly<Record<string, string | undefined>>;

/**
 * Reads `channels.json` below the configuration folder: over which providers people are told. Without the file there is
 * SMS by SMPP_URL where that is set. `${NAME}` in a text stands for the environment variable, so that no secret has to be
 * in the file. Throws one AppError('startup') that names every wrong field.
 */
export const loadChannelConfig = async (
  configDir: string,
  { source, smppUrl }: { source: Source; smppUrl: string | undefined },
): Promise<ChannelConfig> => {
  const file = join(configDir, 'channels.json');
  const value = await readJsonFile(file);
  return withSmppUrl(value === undefined ? {} : parseChannelConfig(value, file, source), smppUrl);
};

/** Checks a parsed channels.json, its variables filled in. */
export const parseChannelConfig = (value: unknown, file: string, source: Source): ChannelConfig => {
  const missing: FieldError[] = [];
  const checked = channels(fillIn(value, '', { source, missing }));
  const errors = [...missing, ...(checked.ok ? checkProviders(checked.value) : checked.errors)];
  if (!checked.ok || errors.length > 0) {
    const list = errors.map((error) => `${error.path} ${error.message}`).join('; ');
    throw new AppError('startup', `${file}: ${list}; correct these fields`, { errors });
  }
  return checked.value;
};

/** What the schema cannot say: variables of templates, names that are taken, networks, keys. */
const checkProviders = (config: ChannelConfig): FieldError[] => {
  const { providers, errors } = namedProviders(config);
  errors.push(...pushFaults(config));
  for (const { kind, path, settings } of providers) {
    if (kind === 'http') errors.push(...checkHttpGateway(settings, path));
    if (kind === 'aliyun') errors.push(...checkAliyun(settings, path));
  }
  return errors;
};

const withSmppUrl = (config: ChannelConfig, url: string | undefined): ChannelConfig =>
  config.sms !== undefined || url === undefined ? config : { ...config, sms: [{ smpp: { url } }] };

const fillIn = (
  value: unknown,
  path: string,
  found: { source: Source; missing: FieldError[] },
): unknown => {
  if (typeof value === 'string') {
    return value.replaceAll(/\$\{([A-Z][A-Z0-9_]*)\}/g, (whole, name: string) => {
      const filled = found.source[name];
      if (filled !== undefined && filled !== '') return filled;
      found.missing.push({ path, message: `needs the environment variable ${name}; set it` });
      return whole;
    });
  }
  if (Array.isArray(value)) {
    return value.map((item, index) => fillIn(item, `${path}/${index}`, found));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, fillIn(item, `${path}/${key}`, found)]),
  );
};
