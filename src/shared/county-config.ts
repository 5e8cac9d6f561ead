import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Type from 'typebox';
import { AppError, errorMessage } from './app-error.ts';
import { compileSchema } from './schema.ts';

const Channel = Type.Union([Type.Literal('sms'), Type.Literal('app'), Type.Literal('webhook')]);
export type Channel = Type.Static<typeof Channel>;

/** One escalation step: who is told, `afterS` seconds after the incident opened, over which channels. */
const PolicyStep = Type.Object(
  {
    afterS: Type.Integer({ minimum: 0 }),
    to: Type.Array(Type.Object({ onDuty: Type.Literal(true) }, { additionalProperties: false }), {
      minItems: 1,
    }),
    channels: Type.Array(Channel, { minItems: 1, uniqueItems: true }),
  },
  { additionalProperties: false },
);

export const PolicySchema = Type.Object(
  {
    id: Type.String({ minLength: 1 }),
    name: Type.String({ minLength: 1 }),
    /** Empty: the default for every region without a policy of its own. */
    regionIds: Type.Array(Type.String()),
    steps: Type.Array(PolicyStep, { minItems: 1 }),
  },
  { additionalProperties: false },
);
export type Policy = Type.Static<typeof PolicySchema>;

const CountyConfigSchema = Type.Object(
  {
    locate: Type.Object(
      {
        /** σ of an azimuth whose camera has no calibrated value, degrees. */
        defaultAzimuthSigmaDeg: Type.Number({ exclusiveMinimum: 0, maximum: 10 }),
        /** A fire seen by azimuth alone is taken to lie between these ranges, metres. */
        bearingMinRangeM: Type.Number({ minimum: 0 }),
        bearingMaxRangeM: Type.Number({ exclusiveMinimum: 0, maximum: 50_000 }),
        /** σ of a range the source measured, as a fraction of it. */
        rangeSigmaFraction: Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
        /** 95 % radius of a position the source reports, metres. */
        reportedRadiusM: Type.Object({
          camera: Type.Number({ exclusiveMinimum: 0 }),
          drone: Type.Number({ exclusiveMinimum: 0 }),
        }),
      },
      { additionalProperties: false },
    ),
    association: Type.Object(
      {
        /** χ² with 2 degrees of freedom at 99 %: 9.210. Lower splits one fire in two, higher merges two fires in one. */
        gateChi2: Type.Number({ exclusiveMinimum: 0 }),
        windowS: Type.Integer({ minimum: 1 }),
      },
      { additionalProperties: false },
    ),
    telemetry: Type.Object(
      {
        /** Telemetry older than this is dropped, a day at a time: a full disk stops alarms. */
        keepDays: Type.Integer({ minimum: 1, maximum: 3650 }),
      },
      { additionalProperties: false },
    ),
    notify: Type.Object(
      {
        /** Stands at the head of every SMS, as carriers in China require: 【烽燧】. */
        smsSignature: Type.String({ minLength: 1, maxLength: 12 }),
        /** Given up after so many: at 30 s between them, 500 outlast an SMS centre that is away for four hours. */
        maxAttempts: Type.Integer({ minimum: 1, maximum: 10_000 }),
        retryBaseMs: Type.Integer({ minimum: 100 }),
        retryMaxMs: Type.Integer({ minimum: 100 }),
      },
      { additionalProperties: false },
    ),
    policies: Type.Array(PolicySchema, { minItems: 1 }),
  },
  { additionalProperties: false },
);
export type CountyConfig = Type.Static<typeof CountyConfigSchema>;

const county = compileSchema(CountyConfigSchema);

/** Checks a parsed config/county.json; throws one AppError('startup') that names every wrong field. */
export const parseCountyConfig = (value: unknown, file: string): CountyConfig => {
  const checked = county(value);
  const errors = checked.ok ? semanticErrors(checked.value) : checked.errors;
  if (!checked.ok || errors.length > 0) {
    const list = errors.map((error) => `${error.path} ${error.message}`).join('; ');
    throw new AppError('startup', `${file}: ${list}; correct these fields`, { errors });
  }
  return checked.value;
};

const semanticErrors = (config: CountyConfig): { path: string; message: string }[] => {
  const errors: { path: string; message: string }[] = [];
  if (config.locate.bearingMinRangeM >= config.locate.bearingMaxRangeM) {
    errors.push({
      path: '/locate/bearingMinRangeM',
      message: 'must be less than bearingMaxRangeM',
    });
  }
  if (!config.policies.some((policy) => policy.regionIds.length === 0)) {
    errors.push({ path: '/policies', message: 'needs one default policy with "regionIds": []' });
  }
  return errors;
};

/** Reads `county.json` below the configuration folder. */
export const loadCountyConfig = async (configDir: string): Promise<CountyConfig> => {
  const file = join(configDir, 'county.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new AppError(
      'startup',
      `cannot read ${file} (${errorMessage(error)}); set CONFIG_DIR to the folder that holds county.json`,
      { cause: error },
    );
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
  return parseCountyConfig(value, file);
};
