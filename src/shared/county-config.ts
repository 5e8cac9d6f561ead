import { join } from 'node:path';
import Type from 'typebox';
import { AppError } from './app-error.ts';
import { LatSchema, LonSchema } from './geo.ts';
import { HealthConfigSchema } from './health-config.ts';
import { readJsonFile } from './json-file.ts';
import { ChannelSchema, type Policy, PolicySchema, policyFaults, TargetSchema } from './policy.ts';
import { compileSchema } from './schema.ts';

const Sigma = Type.Number({ exclusiveMinimum: 0, maximum: 10 });
const Radius = Type.Number({ exclusiveMinimum: 0, maximum: 20_000 });
const Window = Type.Integer({ minimum: 1, maximum: 7 * 86_400 });
const Ratio = Type.Number({ exclusiveMinimum: 0, maximum: 1e6 });
const Probability = Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 });

const CountyConfigSchema = Type.Object(
  {
    locate: Type.Object(
      {
        /** σ of an azimuth and of an elevation whose camera has no calibrated value, degrees. */
        defaultAzimuthSigmaDeg: Sigma,
        defaultElevationSigmaDeg: Sigma,
        /** σ of a drone's gimbal, both angles, degrees: compass and attitude of the airframe are in it. */
        gimbalSigmaDeg: Sigma,
        /** A fire seen by azimuth alone is taken to lie between these ranges, metres. */
        bearingMinRangeM: Type.Number({ minimum: 0 }),
        bearingMaxRangeM: Type.Number({ exclusiveMinimum: 0, maximum: 50_000 }),
        /** A crossing farther than this from one of its cameras is none: no tower sees smoke that far, metres. */
        maxFixRangeM: Type.Number({ exclusiveMinimum: 0, maximum: 100_000 }),
        /** σ of a range the source measured, as a fraction of it. */
        rangeSigmaFraction: Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
        /** Mean height of smoke when it is first seen, metres: how far behind a ridge its fire may hide. */
        smokeHeightM: Type.Number({ exclusiveMinimum: 0, maximum: 2000 }),
        /** 95 % radius of a position the source reports without saying its own, metres. */
        reportedRadiusM: Type.Object(
          {
            camera: Radius,
            drone: Radius,
            /** A drone's laser range finder. */
            laser: Radius,
            /** Half a pixel and the geolocation error: VIIRS 375 m, MODIS 1 km, Himawari 2 km at nadir. */
            viirs: Radius,
            modis: Radius,
            himawari: Radius,
            caller: Radius,
            ranger: Radius,
          },
          { additionalProperties: false },
        ),
      },
      { additionalProperties: false },
    ),
    association: Type.Object(
      {
        /** χ² at 99 % with 1 degree of freedom, 6.635: lower splits one fire in two, higher merges two in one. */
        bearingGateChi2: Type.Number({ exclusiveMinimum: 0 }),
        /** The same with 2, for what gives a point: 9.210. */
        pointGateChi2: Type.Number({ exclusiveMinimum: 0 }),
        /** How long after the last detection one of this source still joins, seconds. */
        windowS: Type.Object(
          {
            camera: Window,
            drone: Window,
            caller: Window,
            ranger: Window,
            viirs: Window,
            modis: Window,
            himawari: Window,
          },
          { additionalProperties: false },
        ),
        /** An incident people are at work on takes detections for this long after the last, seconds. */
        activeWindowS: Window,
        /** How far a fire may have spread: at once (its size, and smoke that drifts), then with time, at most. */
        growth: Type.Object(
          {
            startM: Type.Number({ minimum: 0, maximum: 1000 }),
            metresPerHour: Type.Number({ minimum: 0 }),
            maxM: Type.Number({ minimum: 0, maximum: 10_000 }),
          },
          { additionalProperties: false },
        ),
        /** What it costs to take a detection for a further fire rather than one known (the miss penalty), χ². */
        missChi2: Type.Number({ minimum: 0 }),
        /** Two ways to tell which detection belongs to which fire, whose costs differ by less than this, are both kept. */
        undecidedChi2: Type.Number({ minimum: 0 }),
      },
      { additionalProperties: false },
    ),
    confidence: Type.Object(
      {
        /** Probability that what an unknown source calls smoke is a wildfire. */
        prior: Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 }),
        likelihoodRatio: Type.Object(
          {
            /** A platform that alarms once, after its own persistence check. */
            alarm: Ratio,
            /** One of a camera that reports every frame, until `framesNeeded` came within `framesWithinS`. */
            frame: Ratio,
            secondMast: Ratio,
            sameMast: Ratio,
            viirs: Ratio,
            modis: Ratio,
            himawari: Ratio,
            caller: Ratio,
            /** A ranger's or a drone operator's eyes, or a person who labels the picture as wildfire. */
            visual: Ratio,
            permittedBurn: Ratio,
            heatSource: Ratio,
            /** Glint, fog: what a mask of a camera's view stands for. */
            viewMask: Ratio,
          },
          { additionalProperties: false },
        ),
        framesNeeded: Type.Integer({ minimum: 1 }),
        framesWithinS: Type.Integer({ minimum: 1 }),
        /** From here the duty officer is alerted. */
        reviewAt: Probability,
        /** From here it is shown and sent as a strong alarm. */
        strongAt: Probability,
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
    duty: Type.Object(
      {
        /** What the names of shifts in an imported roster stand for, local time: an end at or before the start is next day's. */
        shiftHours: Type.Record(
          Type.String({ minLength: 1 }),
          Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d-([01]\\d|2[0-3]):[0-5]\\d$' }),
        ),
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
        /**
         * An alert that has failed so often, or is not out after so many seconds, goes over the person's next channel as
         * well. Absent = 2 and 15.
         */
        fallback: Type.Optional(
          Type.Object(
            {
              afterFailures: Type.Integer({ minimum: 1, maximum: 100 }),
              afterS: Type.Integer({ minimum: 1, maximum: 3_600 }),
            },
            { additionalProperties: false },
          ),
        ),
        /**
         * Further alerts to the same person within so many milliseconds of one go together in the next message; none
         * waits longer for that. 0 = each by itself. Absent = 150.
         */
        bundleWindowMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_000 })),
        /**
         * What is not the first word of a fire waits while so many messages have gone to a person over a channel in the
         * last minute, a minute at most. Absent = 20.
         */
        messagesPerMinute: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
      },
      { additionalProperties: false },
    ),
    /** The airspace of a fire, into which no foreign aircraft should come; what is left out is as in `airspaceSettings`. */
    airspace: Type.Optional(
      Type.Object(
        {
          /** Around the fix's ellipse, metres. */
          radiusM: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 50_000 })),
          /** Above the ground or take-off, metres: what flies higher is not in it. Null = no such limit. */
          ceilingM: Type.Optional(
            Type.Union([Type.Number({ exclusiveMinimum: 0, maximum: 20_000 }), Type.Null()]),
          ),
          /** Outside or unheard for so long, it has left, seconds: shorter makes many messages of one at the edge. */
          leaveAfterS: Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400 })),
        },
        { additionalProperties: false },
      ),
    ),
    /** Drones; what is left out is as in `droneSettings`. */
    drones: Type.Optional(
      Type.Object(
        {
          /** What a technician types into a dock to bind it here, and what it then shows. */
          organizationId: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
          organizationName: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
          /** Above the ground at the point a drone is sent to (without terrain: above take-off), metres. */
          heightM: Type.Optional(Type.Number({ minimum: 20, maximum: 500 })),
          /** Over the highest ground on the way, metres: trees, pylons, and what the terrain model does not know. */
          clearanceM: Type.Optional(Type.Number({ minimum: 20, maximum: 500 })),
          /** Above take-off: no flight is asked for that needs more, metres. */
          maxHeightM: Type.Optional(Type.Number({ minimum: 20, maximum: 1500 })),
          /** From take-off to the point, metres: out of radio reach, or not enough battery to come back. */
          maxDistanceM: Type.Optional(Type.Number({ minimum: 100, maximum: 50_000 })),
          /** Dock aircraft fly to points at 15 m/s at most. */
          speedMps: Type.Optional(Type.Integer({ minimum: 1, maximum: 15 })),
          /** Below this charge, in percent, no flight is asked for. */
          minBatteryPct: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
        },
        { additionalProperties: false },
      ),
    ),
    /** Of satellites; what is left out is as in `hotspotSettings`. */
    hotspots: Type.Optional(
      Type.Object(
        {
          /** A hotspot older than this is not taken: it would alert people to a fire of yesterday. Seconds. */
          maxAgeS: Type.Optional(Type.Integer({ minimum: 600, maximum: 7 * 86_400 })),
          /** A fire none of whose pixels is as certain as this is not taken; 0 takes all. */
          minConfidence: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
          /** `[west, south, east, north]`, degrees, WGS-84: what the county is while no region has an outline. */
          bbox: Type.Optional(Type.Tuple([LonSchema, LatSchema, LonSchema, LatSchema])),
        },
        { additionalProperties: false },
      ),
    ),
    /** When a device is not well, and who is told; what is left out is as in `HEALTH_DEFAULTS`. */
    health: Type.Optional(HealthConfigSchema),
    /** Pictures of what was seen; what is left out is as in `imageSettings`. */
    images: Type.Optional(
      Type.Object(
        {
          /** A larger one is refused, bytes. A camera's has 0.2 to 4 MB, a drone's up to 25. */
          maxBytes: Type.Optional(Type.Integer({ minimum: 10_000, maximum: 100_000_000 })),
          /** Those that came longer ago are deleted. */
          keepDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 36_500 })),
        },
        { additionalProperties: false },
      ),
    ),
    policies: Type.Array(PolicySchema, { minItems: 1 }),
    /** When a fire has to be reported to the authority above; absent = no such rule. */
    reporting: Type.Optional(
      Type.Object(
        {
          /** Seconds from its being verified, or forces being sent, whichever came first. */
          deadlineS: Type.Integer({ minimum: 1, maximum: 7 * 86_400 }),
          /** So long before that, seconds, people are warned when it is not entered as reported. */
          warnBeforeS: Type.Integer({ minimum: 0, maximum: 86_400 }),
          to: Type.Array(TargetSchema, { minItems: 1 }),
          channels: Type.Array(ChannelSchema, { minItems: 1, uniqueItems: true }),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type CountyConfig = Type.Static<typeof CountyConfigSchema>;

export type AirspaceSettings = Required<NonNullable<CountyConfig['airspace']>>;

/** The county's airspace with what it has left out: a drone at 15 m/s takes two minutes for 2 km, enough to land ours. */
export const airspaceSettings = ({
  airspace = {},
}: Pick<CountyConfig, 'airspace'>): AirspaceSettings => ({
  radiusM: 2000,
  ceilingM: null,
  leaveAfterS: 300,
  ...airspace,
});

export type DroneSettings = Required<NonNullable<CountyConfig['drones']>>;

/** The county's drone settings with what it has left out: 120 m is the usual ceiling of permits, 40 % leaves a way home. */
export const droneSettings = ({ drones = {} }: Pick<CountyConfig, 'drones'>): DroneSettings => ({
  organizationId: 'fengsui',
  organizationName: '烽燧 Fengsui',
  heightM: 120,
  clearanceM: 60,
  maxHeightM: 500,
  maxDistanceM: 7000,
  speedMps: 12,
  minBatteryPct: 40,
  ...drones,
});

export type HotspotSettings = Required<Omit<NonNullable<CountyConfig['hotspots']>, 'bbox'>> &
  Pick<NonNullable<CountyConfig['hotspots']>, 'bbox'>;

/**
 * The county's settings for hotspots with what it has left out. FIRMS publishes within three hours: six allow for an outage
 * of as long. 0.3 leaves out what the products themselves call low.
 */
export const hotspotSettings = ({
  hotspots = {},
}: Pick<CountyConfig, 'hotspots'>): HotspotSettings => ({
  maxAgeS: 21_600,
  minConfidence: 0.3,
  ...hotspots,
});

export type ImageSettings = Required<NonNullable<CountyConfig['images']>>;

/** The county's settings for pictures with what it has left out: 10 MiB, a year. */
export const imageSettings = ({ images = {} }: Pick<CountyConfig, 'images'>): ImageSettings => ({
  maxBytes: 10 * 1024 * 1024,
  keepDays: 365,
  ...images,
});

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
