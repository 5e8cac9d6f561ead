import Type from 'typebox';
import { AccessRoleSchema } from './http.ts';

const strict = { additionalProperties: false };

/** `app`: every way to a person's app, the MQTT inbox, Web Push and JPush; `group`: the robots of chat groups. */
export const POLICY_CHANNELS = ['sms', 'app', 'voice', 'email', 'webhook', 'group'] as const;
export const ChannelSchema = Type.Enum([...POLICY_CHANNELS]);
export type PolicyChannel = (typeof POLICY_CHANNELS)[number];

export const TARGET_LEVELS = ['county', 'township', 'village', 'grid'] as const;

export const TargetSchema = Type.Union([
  /** Those with a shift where the fire is, when the step fires; else who stands in for them. */
  Type.Object({ onDuty: Type.Literal(true) }, strict),
  /** Everybody with the role. */
  Type.Object({ role: AccessRoleSchema }, strict),
  Type.Object({ personId: Type.String({ minLength: 1 }) }, strict),
  /** Officers and dispatchers of the nearest region that has one, from `regionLevel` upwards. */
  Type.Object(
    {
      responsible: Type.Literal(true),
      regionLevel: Type.Optional(
        Type.Union([
          Type.Literal('county'),
          Type.Literal('township'),
          Type.Literal('village'),
          Type.Literal('grid'),
        ]),
      ),
    },
    strict,
  ),
]);
export type PolicyTarget = Type.Static<typeof TargetSchema>;

/** One step: who is told, `afterS` seconds after people were first alerted, over which channels, how often again. */
const StepSchema = Type.Object(
  {
    afterS: Type.Integer({ minimum: 0, maximum: 86_400 }),
    to: Type.Array(TargetSchema, { minItems: 1, maxItems: 20 }),
    channels: Type.Array(ChannelSchema, { minItems: 1, uniqueItems: true }),
    repeat: Type.Optional(
      Type.Object(
        {
          everyS: Type.Integer({ minimum: 1, maximum: 86_400 }),
          times: Type.Integer({ minimum: 1, maximum: 100 }),
        },
        strict,
      ),
    ),
  },
  strict,
);
export type PolicyStep = Type.Static<typeof StepSchema>;

export const PolicySchema = Type.Object(
  {
    id: Type.String({ minLength: 1 }),
    name: Type.String({ minLength: 1 }),
    /** Empty: the default for every region without a policy of its own. */
    regionIds: Type.Array(Type.String()),
    /** Only for fires of these severities; absent = any. */
    severities: Type.Optional(
      Type.Array(
        Type.Union([
          Type.Literal('low'),
          Type.Literal('moderate'),
          Type.Literal('high'),
          Type.Literal('critical'),
        ]),
        { minItems: 1 },
      ),
    ),
    /** Only for alerts of these levels; absent = any. */
    levels: Type.Optional(
      Type.Array(Type.Union([Type.Literal('review'), Type.Literal('strong')]), { minItems: 1 }),
    ),
    /** Only between these local times, `to` exclusive; 22:00 to 06:00 is the night. Absent = always. */
    hours: Type.Optional(
      Type.Object(
        {
          from: Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' }),
          to: Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' }),
        },
        strict,
      ),
    ),
    steps: Type.Array(StepSchema, { minItems: 1, maxItems: 50 }),
  },
  strict,
);
export type Policy = Type.Static<typeof PolicySchema>;

type FieldError = { path: string; message: string };

/** What a schema cannot say: steps come one after the other, a window of hours is not empty. */
export const policyFaults = (
  policy: Pick<Policy, 'hours'> & { steps: readonly { afterS: number }[] },
): FieldError[] => {
  const errors = policy.steps.flatMap(({ afterS }, index): FieldError[] => {
    const before = policy.steps[index - 1]?.afterS ?? -1;
    return afterS > before
      ? []
      : [
          {
            path: `steps[${index}].afterS`,
            message: `must be more than the ${before} s of the step before`,
          },
        ];
  });
  const { hours } = policy;
  if (hours !== undefined && hours.from === hours.to) {
    errors.push({ path: 'hours', message: 'begin and end at the same time; leave them out' });
  }
  return errors;
};
