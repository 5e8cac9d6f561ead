import Type from 'typebox';
import { ChannelSchema, TargetSchema } from './policy.ts';

const strict = { additionalProperties: false };

export const NotifyConfigSchema = Type.Object(
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
        strict,
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
  strict,
);

/** When a fire has to be reported to the authority above. */
export const ReportingConfigSchema = Type.Object(
  {
    /** Seconds from its being verified, or forces being sent, whichever came first. */
    deadlineS: Type.Integer({ minimum: 1, maximum: 7 * 86_400 }),
    /** So long before that, seconds, people are warned when it is not entered as reported. */
    warnBeforeS: Type.Integer({ minimum: 0, maximum: 86_400 }),
    to: Type.Array(TargetSchema, { minItems: 1 }),
    channels: Type.Array(ChannelSchema, { minItems: 1, uniqueItems: true }),
  },
  strict,
);
