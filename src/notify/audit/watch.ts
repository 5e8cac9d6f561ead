import { setTimeout as delay } from 'node:timers/promises';
import { errorMessage } from '../../shared/app-error.ts';
import type { Part } from '../../shared/part.ts';
import { createRepeating } from '../../shared/repeating.ts';
import { type AuditDeps, auditEscalations } from './auditor.ts';
import { postHeartbeat } from './heartbeat.ts';

export type WatchDeps = AuditDeps & {
  /** Posted to while all is well; undefined = nowhere. */
  heartbeatUrl: string | undefined;
  /** What is wrong beside the audit: the bus, a channel that is set up and not working. */
  troubles: () => string[];
  onHeartbeat: (outcome: 'sent' | 'withheld' | 'failed') => void;
  everyMs?: number;
};

const EVERY_MS = 60_000;
const TICK_MS = 1_000;
/** After the clock was put forward, or the machine stood still, what is overdue gets so long to be made up for before it is accused. */
const JUMP_MS = 5_000;
const MAKE_UP_MS = 3_000;

/** Every minute: audits the escalations, and posts the heartbeat only when that and everything else is well. */
export const createWatch = (deps: WatchDeps): Part => {
  const { logger, clock, heartbeatUrl, everyMs = EVERY_MS } = deps;

  const look = async (): Promise<void> => {
    const troubles = [...deps.troubles()];
    try {
      const stuck = await auditEscalations(deps);
      if (stuck > 0) troubles.push(`${String(stuck)} incidents are not escalated`);
    } catch (error) {
      troubles.push(`the database: ${errorMessage(error)}`);
      logger.error({ err: error }, 'escalations could not be audited');
    }
    if (heartbeatUrl !== undefined) await beat(heartbeatUrl, troubles);
  };

  const beat = async (url: string, troubles: readonly string[]): Promise<void> => {
    if (troubles.length > 0) {
      logger.error({ troubles }, 'heartbeat withheld');
      deps.onHeartbeat('withheld');
      return;
    }
    const failure = await postHeartbeat(url, { now: clock.now() });
    if (failure !== null) logger.error({ reason: failure }, 'heartbeat could not be posted');
    deps.onHeartbeat(failure === null ? 'sent' : 'failed');
  };

  /** By the service's clock, like all that is audited: one put forward brings the look forward. */
  let lookedAt = clock.now().getTime();
  let seenAt = lookedAt;
  const loop = createRepeating('watch', async (ending) => {
    const jumped = clock.now().getTime() - seenAt > TICK_MS + JUMP_MS;
    if (jumped) await delay(MAKE_UP_MS, undefined, { signal: ending });
    seenAt = clock.now().getTime();
    const passedMs = seenAt - lookedAt;
    if (passedMs < 0 || passedMs >= everyMs) {
      lookedAt = seenAt;
      await look();
    }
    return Math.min(everyMs, TICK_MS);
  });

  return {
    ...loop,
    // A heartbeat that hangs does not hold up the end.
    stop: () => Promise.race([loop.stop(), delay(1_000, undefined, { ref: false })]),
  };
};
