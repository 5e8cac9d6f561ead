import Type from 'typebox';
import { ChannelSchema, TargetSchema } from './policy.ts';

const strict = { additionalProperties: false };
const Seconds = Type.Integer({ minimum: 1, maximum: 30 * 86_400 });
const HoldOff = Type.Integer({ minimum: 0, maximum: 7 * 86_400 });

/** What can be wrong with a device. `never_seen` is listed, not a fault; `flapping` is made of the others. */
export const PROBLEM_CODES = [
  'never_seen',
  'offline',
  'stale',
  'flapping',
  'clock_skew',
  'stuck_view',
  'same_frame',
  'battery_low',
  'wind_high',
  'rain',
  'hms',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];
export const ProblemCodeSchema = Type.Enum([...PROBLEM_CODES]);

const fields = {
  /** Who hears of devices: those who look after them. */
  to: Type.Array(TargetSchema, { minItems: 1, maxItems: 20 }),
  channels: Type.Array(ChannelSchema, { minItems: 1, uniqueItems: true }),
  /** Silence after which one that speaks regularly is not there, by kind. */
  staleS: Type.Partial(
    Type.Object({ camera: Seconds, drone: Seconds, dock: Seconds, gateway: Seconds }),
    strict,
  ),
  clockSkewS: Type.Number({ exclusiveMinimum: 0, maximum: 86_400 }),
  /** A camera on a tour that has not turned by more than `stillDeg` for so long. */
  stillS: Seconds,
  stillDeg: Type.Number({ exclusiveMinimum: 0, maximum: 90 }),
  /** Alarms over so long a time with the very same picture. */
  sameFrameS: Seconds,
  minBatteryPct: Type.Number({ minimum: 0, maximum: 100 }),
  /** Docks of DJI fly in up to 12 m/s. */
  maxWindMps: Type.Number({ exclusiveMinimum: 0, maximum: 100 }),
  /** From this level on: 0 notification, 1 reminder, 2 warning. */
  hmsLevel: Type.Integer({ minimum: 0, maximum: 2 }),
  /** A health message that no later one has ended counts for so long. */
  hmsHoldS: Seconds,
  /** So long a problem must last before it counts, by code; 0 where nothing is said: `stale` has waited already. */
  holdOffS: Type.Partial(
    Type.Object(
      Object.fromEntries(PROBLEM_CODES.map((code) => [code, HoldOff])) as Record<
        ProblemCode,
        typeof HoldOff
      >,
    ),
    strict,
  ),
  /** And so long it must have been gone before the device is well again. */
  recoverS: HoldOff,
  /** Lost so often within so long: it flaps, until it was not lost once for as long. */
  flapping: Type.Object(
    { count: Type.Integer({ minimum: 2, maximum: 50 }), withinS: Seconds },
    strict,
  ),
  /** News waits so long for more, so that what fails together is one message. */
  bundleS: HoldOff,
  /** Shown, but no message: weather is nobody's fault. */
  quiet: Type.Array(ProblemCodeSchema, { uniqueItems: true }),
  /** Local time of the daily summary; null = none. */
  summaryAt: Type.Union([Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' }), Type.Null()]),
};

/** `health` of config/county.json; what is left out is as in `HEALTH_DEFAULTS`. */
export const HealthConfigSchema = Type.Partial(Type.Object(fields), strict);
export type HealthConfig = Type.Static<typeof HealthConfigSchema>;
export type HealthSettings = Required<HealthConfig>;

export const HEALTH_DEFAULTS: HealthSettings = {
  to: [{ role: 'admin' }],
  channels: ['app', 'sms'],
  staleS: { camera: 600, drone: 30, dock: 120, gateway: 600 },
  clockSkewS: 30,
  stillS: 3600,
  stillDeg: 1,
  sameFrameS: 300,
  minBatteryPct: 20,
  maxWindMps: 12,
  hmsLevel: 2,
  hmsHoldS: 21_600,
  // A device that reconnects is back within two minutes; one that charges gains more than nothing in an hour.
  holdOffS: { offline: 180, hms: 60, battery_low: 3600, wind_high: 300, rain: 300 },
  recoverS: 600,
  flapping: { count: 5, withinS: 3600 },
  // The wills of clients with a keepalive of a minute come over a minute and a half.
  bundleS: 120,
  quiet: ['wind_high', 'rain'],
  summaryAt: '08:00',
};

export const healthSettings = ({ health = {} }: { health?: HealthConfig }): HealthSettings => ({
  ...HEALTH_DEFAULTS,
  ...health,
  staleS: { ...HEALTH_DEFAULTS.staleS, ...health.staleS },
  holdOffS: { ...HEALTH_DEFAULTS.holdOffS, ...health.holdOffS },
});
