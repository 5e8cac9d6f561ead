import { randomUUID } from 'node:crypto';
import { errorMessage } from '../../shared/app-error.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Pool } from '../../shared/db.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Part } from '../../shared/part.ts';
import {
  keepPart,
  listIncomplete,
  markJoined,
  type PartGroup,
  readParts,
} from './inbound-part-store.ts';
import type { InboundSms } from './inbound-sms.ts';
import type { SmsPartOf } from './read-text.ts';
import { createSemaphore } from './semaphore.ts';

export type PartJoiner = Part & {
  /** Resolves once the message, or the part of it, is kept. */
  received(message: InboundSms, part: SmsPartOf | undefined): Promise<void>;
};

export type PartJoinerDeps = {
  pool: Pool;
  provider: string;
  onMessage: (message: InboundSms) => Promise<void>;
  clock: Clock;
  logger: Logger;
  sweepMs?: number;
};

/** A carrier sends the parts of a message within seconds; what has not come by then is not waited for. */
const PATIENCE_MS = 120_000;
const SWEEP_MS = 30_000;

/**
 * Puts long replies together. Each part is kept before the centre is answered, so a crash loses none; of a message
 * whose missing part never comes, what came is handed on with … in the gap.
 */
export const createPartJoiner = (deps: PartJoinerDeps): PartJoiner => {
  const { pool, provider, onMessage, clock, logger, sweepMs = SWEEP_MS } = deps;
  // Two last parts at once would each find the message complete.
  const oneAtATime = createSemaphore(1);
  let timer: NodeJS.Timeout | undefined;

  const handOn = async (
    message: InboundSms,
    group: PartGroup,
    texts: ReadonlyMap<number, string>,
  ): Promise<void> => {
    await onMessage({ ...message, text: joined(texts, group.total) });
    await markJoined(pool, group, clock.now());
  };

  const sweep = async (): Promise<void> => {
    const before = new Date(clock.now().getTime() - PATIENCE_MS);
    for (const group of await listIncomplete(pool, provider, before)) {
      const line = { id: randomUUID(), boundAt: clock.now(), lostBeforeAt: null };
      const { sender } = group;
      const message = { provider, line, sequenceNumber: 0, sender, recipient: '', text: '' };
      await handOn(message, group, await readParts(pool, group));
    }
  };

  return {
    name: `part-joiner-${provider}`,
    async start() {
      timer = setInterval(() => {
        oneAtATime.run(sweep).catch((error: unknown) => {
          logger.warn({ reason: errorMessage(error) }, 'parts of replies not read, trying again');
        });
      }, sweepMs);
    },
    async stop() {
      clearInterval(timer);
      await oneAtATime.run(async () => undefined);
    },
    async received(message, part) {
      if (part === undefined) return onMessage(message);
      const { sender, text } = message;
      const group = { provider, sender, reference: part.reference, total: part.total };
      await oneAtATime.run(async () => {
        const texts = await keepPart(pool, { ...group, part: part.part, text }, clock.now());
        if (texts.size === part.total) await handOn(message, group, texts);
      });
    },
  };
};

const joined = (texts: ReadonlyMap<number, string>, total: number): string =>
  Array.from({ length: total }, (_, index) => texts.get(index + 1) ?? '…').join('');
