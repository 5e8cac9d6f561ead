import { setTimeout as delay } from 'node:timers/promises';
import type { DahuaSetup } from '../devices/index.ts';
import { errorMessage } from '../shared/app-error.ts';
import { backoffMs } from '../shared/backoff.ts';
import type { Logger } from '../shared/logger.ts';
import type { AllowedNetworks } from '../shared/outbound-address.ts';
import type { Part } from '../shared/part.ts';
import { createRepeating } from '../shared/repeating.ts';
import { httpTopic } from './camera-topics.ts';
import { requestDahuaEvents } from './dahua-request.ts';
import { createEventStream } from './event-stream.ts';
import type { Ingest } from './ingest.ts';

export type DahuaClientDeps = {
  ingest: Pick<Ingest, 'handle'>;
  online: (deviceId: string, online: boolean) => Promise<void>;
  allow: AllowedNetworks;
  logger: Logger;
  /** For tests. */
  timing?: Partial<DahuaTiming>;
};

export type DahuaTiming = {
  heartbeatS: number;
  /** Nothing heard for so long: the line is dead, although nobody has said so. Several heartbeats. */
  silenceMs: number;
  /** For the answer to a request. */
  answerMs: number;
  retry: { baseMs: number; maxMs: number };
  /** Devices lock a user for half an hour after five wrong passwords: slower than that. */
  wrongLoginMs: number;
};

const TIMING: DahuaTiming = {
  heartbeatS: 5,
  silenceMs: 20_000,
  answerMs: 10_000,
  retry: { baseMs: 1_000, maxMs: 60_000 },
  wrongLoginMs: 600_000,
};

/** As long as it is heard it is said again that it is there: another process may have lost it and said so. */
const ONLINE_AGAIN_MS = 60_000;
const STORE_RETRY_MS = 500;

/**
 * Follows the events of one camera or recorder: connects, hands each event to ingest, and connects again when the line
 * breaks or falls silent. Nothing more is read while an event is not stored yet.
 */
export const createDahuaClient = (
  deviceId: string,
  setup: DahuaSetup,
  { ingest, online, allow, logger, timing: given = {} }: DahuaClientDeps,
): Part => {
  const timing = { ...TIMING, ...given };
  const topic = httpTopic('dahua', deviceId);
  let failures = 0;
  let toldOnlineAt: number | undefined;
  let trouble: string | undefined;

  const tell = async (isOnline: boolean): Promise<void> => {
    const now = performance.now();
    const known = toldOnlineAt !== undefined && now - toldOnlineAt < ONLINE_AGAIN_MS;
    if (isOnline ? known : toldOnlineAt === undefined && trouble !== undefined) return;
    if (isOnline && toldOnlineAt === undefined) logger.info({ deviceId }, 'events are followed');
    try {
      await online(deviceId, isOnline);
      toldOnlineAt = isOnline ? now : undefined;
    } catch (error) {
      logger.warn({ err: error, deviceId }, 'online state of a camera could not be stored');
    }
  };

  const takeUntilStored = async (payload: Buffer, ending: AbortSignal): Promise<void> => {
    while (!ending.aborted) {
      try {
        await ingest.handle({ topic, payload, publisherId: deviceId });
        return;
      } catch (error) {
        logger.error({ err: error, deviceId }, 'event not stored, will be tried again');
        await delay(STORE_RETRY_MS, undefined, { signal: ending }).catch(() => undefined);
      }
    }
  };

  /** Resolves with why it ended. */
  const follow = async (ending: AbortSignal): Promise<{ reason: string; login: boolean }> => {
    const { heartbeatS, answerMs, silenceMs } = timing;
    const options = { allow, heartbeatS, timeoutMs: answerMs, signal: ending };
    const answer = await requestDahuaEvents(setup, options);
    if (answer.kind === 'refused') return answer;
    const { response } = answer;
    const silent = new Error(`nothing heard for ${String(silenceMs)} ms`);
    const watch = (): NodeJS.Timeout => setTimeout(() => response.destroy(silent), silenceMs);
    const events = createEventStream(response.headers['content-type'] ?? '');
    let timer = watch();
    try {
      for await (const chunk of response as AsyncIterable<Buffer>) {
        clearTimeout(timer);
        await tell(true);
        failures = 0;
        trouble = undefined;
        for (const part of events.push(chunk)) {
          if (!HEARTBEAT.test(part.toString('latin1', 0, 20))) await takeUntilStored(part, ending);
        }
        timer = watch();
      }
    } finally {
      clearTimeout(timer);
    }
    return { reason: 'it ended the stream', login: false };
  };

  return createRepeating(`dahua-${deviceId}`, async (ending) => {
    const { reason, login } = await follow(ending).catch((error: unknown) => ({
      reason: errorMessage(error),
      login: false,
    }));
    if (ending.aborted) return 0;
    await tell(false);
    if (reason !== trouble) logger.warn({ deviceId, reason }, 'no events from this camera');
    trouble = reason;
    failures += 1;
    const random = Math.random();
    return login
      ? timing.wrongLoginMs * (1 + random / 10)
      : backoffMs(failures, { ...timing.retry, random });
  });
};

const HEARTBEAT = /^\s*Heartbeat\s*$/i;
