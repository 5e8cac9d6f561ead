import {
  createEscalator,
  createReplyDesk,
  createReportClock,
  createWatch,
  type ReplyDesk,
  setUpChannels,
} from '../notify/index.ts';
import type { RegionIndex } from '../people/index.ts';
import type { Context } from '../pipeline.ts';
import type { Part } from '../shared/part.ts';
import type { Intake } from './intake.ts';

export type Escalation = {
  parts: Part[];
  /** Keeps an SMS that somebody wrote. */
  onSms: ReplyDesk['received'];
};

/** The minute's look at whether all of this works, and the sign of life to the outside. */
export const createWatchOver = (
  { config, channels, env, clock, metrics, ...context }: Context,
  troubles: () => string[],
): Part =>
  createWatch({
    pool: context.pool('audit', { max: 1 }),
    smsSignature: config.notify.smsSignature,
    setUp: setUpChannels(channels),
    clock,
    logger: context.logger.child({ stage: 'watch' }),
    heartbeatUrl: env.heartbeatUrl,
    troubles,
    onAudit: (stuck) => metrics.escalationsStuck.set(stuck),
    onHeartbeat: (outcome) => metrics.heartbeats.inc({ outcome }),
  });

/** What goes on after the alert has gone out: the next steps, for as long as nobody answers, and the answers. */
export const createEscalation = (
  context: Context,
  { regions, intake }: { regions: RegionIndex; intake: Pick<Intake, 'onTakenOver'> },
): Escalation => {
  const { config, env, clock, metrics } = context;
  const pool = context.pool('escalation', { max: 4 });
  const { smsSignature } = config.notify;
  const setUp = setUpChannels(context.channels);
  const logger = context.logger.child({ stage: 'escalation' });
  const escalator = createEscalator({
    pool,
    regions,
    smsSignature,
    timeZone: env.timeZone,
    setUp,
    ...(context.replyUrl === undefined ? {} : { replyUrl: context.replyUrl }),
    clock,
    logger,
    onFired: (lateMs) => metrics.escalationLate.observe(lateMs / 1000),
  });
  const replies = createReplyDesk({
    pool,
    onTakenOver: intake.onTakenOver,
    smsSignature,
    setUp,
    clock,
    logger,
    onReply: (outcome) => metrics.replies.inc({ outcome }),
  });
  const reporting =
    config.reporting === undefined
      ? []
      : [
          createReportClock({
            pool,
            rule: config.reporting,
            regions,
            smsSignature,
            timeZone: env.timeZone,
            setUp,
            clock,
            logger,
          }),
        ];
  return {
    parts: [escalator, replies, ...reporting],
    onSms: (message) => replies.received(message),
  };
};
