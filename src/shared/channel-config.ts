import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Type from 'typebox';
import { AppError, errorMessage } from './app-error.ts';
import { PushConfigProperties, pushFaults } from './push-config.ts';
import { compileSchema } from './schema.ts';

const strict = { additionalProperties: false };
const oneProvider = { ...strict, minProperties: 1, maxProperties: 1 };

/** Providers of a channel in order of preference: when the first fails, the next is tried. Each entry names one. */
const ChannelConfigSchema = Type.Object(
  {
    sms: Type.Optional(
      Type.Array(
        Type.Object(
          {
            smpp: Type.Optional(
              Type.Object({ url: Type.String({ pattern: '^smpps?://' }) }, strict),
            ),
          },
          oneProvider,
        ),
        { minItems: 1 },
      ),
    ),
    ...PushConfigProperties,
  },
  strict,
);
export type ChannelConfig = Type.Static<typeof ChannelConfigSchema>;

const channels = compileSchema(ChannelConfigSchema);

type Source = Readonly<Record<string, string | undefined>>;
type FieldError = { path: string; message: string };

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
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return withSmppUrl({}, smppUrl);
    throw new AppError('startup', `cannot read ${file} (${errorMessage(error)})`, { cause: error });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new AppError(
      'startup',
      `${file} is not valid JSON (${errorMessage(error)}); correct it`,
      { cause: error },
    );
  }
  return withSmppUrl(parseChannelConfig(value, file, source), smppUrl);
};

/** Checks a parsed channels.json, its variables filled in. */
export const parseChannelConfig = (value: unknown, file: string, source: Source): ChannelConfig => {
  const missing: FieldError[] = [];
  const checked = channels(fillIn(value, '', { source, missing }));
  const errors = [...missing, ...(checked.ok ? pushFaults(checked.value) : checked.errors)];
  if (!checked.ok || errors.length > 0) {
    const list = errors.map((error) => `${error.path} ${error.message}`).join('; ');
    throw new AppError('startup', `${file}: ${list}; correct these fields`, { errors });
  }
  return checked.value;
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
