import { errorMessage } from '../../shared/app-error.ts';
import type { Part } from '../../shared/part.ts';
import type { InboundSms } from '../channels/inbound-sms.ts';
import { actOnInbound } from './act-on-inbound.ts';
import type { ReplyDeps } from './act-on-reply.ts';
import { keepInbound, listWaiting } from './inbound-store.ts';

export type ReplyDesk = Part & {
  /** Resolves once the message is kept; only then may the provider be answered. */
  received(message: InboundSms): Promise<void>;
};

/** How soon what a crash or a database that was away left lying is taken up. */
const SWEEP_MS = 2_000;
const BATCH = 50;

/** Keeps what people write and then acts on it, one after the other. */
export const createReplyDesk = (deps: ReplyDeps): ReplyDesk => {
  const { pool, clock, logger } = deps;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let working: Promise<void> | undefined;
  let again = false;

  /** One at a time; a call while it works makes it look once more. */
  const work = (): void => {
    again = true;
    if (stopped) return;
    working ??= (async () => {
      while (again && !stopped) {
        again = false;
        await actOnWaiting().catch((error: unknown) =>
          logger.warn({ reason: errorMessage(error) }, 'replies could not be read, trying again'),
        );
      }
      working = undefined;
    })();
  };

  const actOnWaiting = async (): Promise<void> => {
    for (const inbound of await listWaiting(pool, BATCH)) {
      if (stopped) return;
      await actOnInbound(deps, inbound).catch((error: unknown) =>
        logger.error({ err: error, inboundId: inbound.id }, 'reply not acted upon, trying again'),
      );
    }
  };

  return {
    name: 'reply-desk',
    async start() {
      timer = setInterval(work, SWEEP_MS);
      work();
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      await working;
    },
    async received(message) {
      await keepInbound(pool, message, clock.now());
      work();
    },
  };
};
