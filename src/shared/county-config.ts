import { join } from 'node:path';
import Type from 'typebox';
import { AirspaceConfigSchema } from './airspace-config.ts';
import { AppError } from './app-error.ts';
import { DroneConfigSchema } from './drone-config.ts';
import { HealthConfigSchema } from './health-config.ts';
import { HotspotConfigSchema } from './hotspot-config.ts';
import { ImageConfigSchema } from './image-config.ts';
import { AssociationConfigSchema, ConfidenceConfigSchema } from './incident-config.ts';
import { readJsonFile } from './json-file.ts';
import { LocateConfigSchema } from './locate-config.ts';
import { NotifyConfigSchema, ReportingConfigSchema } from './notify-config.ts';
import { type Policy, PolicySchema, policyFaults } from './policy.ts';
import { compileSchema } from './schema.ts';

const strict = { additionalProperties: false };

const CountyConfigSchema = Type.Object(
  {
    locate: LocateConfigSchema,
    association: AssociationConfigSchema,
    confidence: ConfidenceConfigSchema,
    telemetry: Type.Object(
      {
        /** Telemetry older than this is dropped, a day at a time: a full disk stops alarms. */
        keepDays: Type.Integer({ minimum: 1, maximum: 3650 }),
      },
      strict,
    ),
    duty: Type.Object(
      {
        /** What the names of shifts in an imported roster stand for, local time: an end at or before the start is next day's. */
        shiftHours: Type.Record(
          Type.String({ minLength: 1 }),
          Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d-([01]\\d|2[0-3]):[0-5]\\d$' }),
        ),
      },
      strict,
    ),
    notify: NotifyConfigSchema,
    airspace: Type.Optional(AirspaceConfigSchema),
    drones: Type.Optional(DroneConfigSchema),
    hotspots: Type.Optional(HotspotConfigSchema),
    /** When a device is not well, and who is told; what is left out is as in `HEALTH_DEFAULTS`. */
    health: Type.Optional(HealthConfigSchema),
    images: Type.Optional(ImageConfigSchema),
    policies: Type.Array(PolicySchema, { minItems: 1 }),
    /** Absent = no such rule. */
    reporting: Type.Optional(ReportingConfigSchema),
  },
  strict,
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

const isDefault = ({ regionIds, severities, levels, hours }: Policy): boolean =>
  regionIds.length === 0 && severities === undefined && levels === undefined && hours === undefined;

const semanticErrors = (config: CountyConfig): { path: string; message: string }[] => {
  const errors: { path: string; message: string }[] = [];
  if (config.locate.bearingMinRangeM >= config.locate.bearingMaxRangeM) {
    errors.push({
      path: '/locate/bearingMinRangeM',
      message: 'must be less than bearingMaxRangeM',
    });
  }
  if (config.confidence.reviewAt >= config.confidence.strongAt) {
    errors.push({ path: '/confidence/reviewAt', message: 'must be less than strongAt' });
  }
  const [west, south, east, north] = config.hotspots?.bbox ?? [0, 0, 1, 1];
  if (west >= east || south >= north) {
    errors.push({ path: '/hotspots/bbox', message: 'must be [west, south, east, north]' });
  }
  if (!config.policies.some(isDefault)) {
    errors.push({
      path: '/policies',
      message: 'needs one default policy with "regionIds": [] for any severity, level and hour',
    });
  }
  const { reporting } = config;
  if (reporting !== undefined && reporting.warnBeforeS >= reporting.deadlineS) {
    errors.push({ path: '/reporting/warnBeforeS', message: 'must be less than deadlineS' });
  }
  config.policies.forEach((policy, index) => {
    if (config.policies.findIndex(({ id }) => id === policy.id) < index) {
      errors.push({ path: `/policies/${index}/id`, message: `"${policy.id}" is there twice` });
    }
    for (const { path, message } of policyFaults(policy)) {
      errors.push({ path: `/policies/${index}/${path}`, message });
    }
  });
  return errors;
};

/** Reads `county.json` below the configuration folder. */
export const loadCountyConfig = async (configDir: string): Promise<CountyConfig> => {
  const file = join(configDir, 'county.json');
  const value = await readJsonFile(file);
  if (value !== undefined) return parseCountyConfig(value, file);
  throw new AppError(
    'startup',
    `there is no ${file}; set CONFIG_DIR to the folder that holds county.json`,
  );
};
