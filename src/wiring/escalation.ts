import { createEscalator } from '../notify/index.ts';
import type { RegionIndex } from '../people/index.ts';
import type { Context } from '../pipeline.ts';
import type { Part } from '../shared/part.ts';

/** What goes on after the alert has gone out: the next steps, for as long as nobody answers. */
export const createEscalation = (context: Context, { regions }: { regions: RegionIndex }): Part => {
  const { config, env, clock, metrics } = context;
  return createEscalator({
    pool: context.pool('escalation', 3),
    regions,
    smsSignature: config.notify.smsSignature,
    timeZone: env.timeZone,
    clock,
    logger: context.logger.child({ stage: 'escalation' }),
    onFired: (lateMs) => metrics.escalationLate.observe(lateMs / 1000),
  });
};
