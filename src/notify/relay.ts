import { errorMessage } from '../shared/app-error.ts';
import type { Clock } from '../shared/clock.ts';
import type { Pool } from '../shared/db.ts';
import type { Listener } from '../shared/listener.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';
import { createSemaphore } from './channels/semaphore.ts';
import { laneOf } from './lane.ts';
import { type DueNotification, listDue } from './notification-store.ts';
import { mayShare } from './plan-sending.ts';
import { type NotifyQueue, personKey, type WakeUp } from './queue.ts';

export type RelayDeps = {
  pool: Pool;
  listener: Listener;
  queue: Pick<NotifyQueue, 'add'>;
  /** Sends one notification without the queue: a queue that is away must not keep an alarm from going out. */
  handle: (wakeUp: WakeUp) => Promise<void>;
  clock: Clock;
  logger: Logger;
  /** How late a retry or a later step may be woken. */
  sweepMs?: number;
};

const SWEEP_MS = 500;
const BATCH = 500;
/**
 * A row is not woken again within this time: a queue with a backlog would else be given all of it on every sweep.
 * What is still due then goes without the queue, which was wiped or hangs: this is what either costs at most.
 */
const AGAIN_AFTER_MS = 3_000;
/** What was woken is remembered for so long: a queue that does not work has to be known by it. */
const REMEMBERED_MS = 60_000;
/** Sent directly at the same time. */
const DIRECT_CONCURRENCY = 10;

/**
 * Moves what is due from the outbox to the queue: at once when a row is added, on every sweep, at the start and after a
 * lost connection. The table is the truth; the queue may be wiped, or hang, at any time.
 */
export const createRelay = (deps: RelayDeps): Part => {
  const { pool, listener, queue, handle, clock, logger, sweepMs = SWEEP_MS } = deps;
  const woken = new Map<string, number>();
  const direct = createSemaphore(DIRECT_CONCURRENCY);
  const underWay = new Set<string>();
  let unsubscribe: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let pumping: Promise<void> | undefined;
  let again = false;

  /** One pump at a time; a call while one runs makes it run once more. */
  const pump = (): void => {
    again = true;
    if (stopped) return;
    pumping ??= (async () => {
      while (again && !stopped) {
        again = false;
        await relayDue().catch((error: unknown) =>
          logger.warn(
            { reason: errorMessage(error) },
            'due notifications could not be read, trying again',
          ),
        );
      }
      pumping = undefined;
    })();
  };

  const relayDue = async (): Promise<void> => {
    const now = clock.now();
    forget();
    const seen = new Set<string>();
    let after: { dueAt: Date; id: string } | null = null;
    for (let more = true; more && !stopped; ) {
      const page: Awaited<ReturnType<typeof listDue>> = await listDue(pool, now, {
        after,
        limit: BATCH,
      });
      await wake(page.map(toWakeUp), seen);
      after = page.at(-1) ?? null;
      more = page.length === BATCH;
    }
  };

  const wake = async (wakeUps: readonly WakeUp[], seen: Set<string>): Promise<void> => {
    const at = Date.now();
    const wokenAt = (wakeUp: WakeUp): number | undefined => woken.get(keyOf(wakeUp));
    const fresh = wakeUps.filter((wakeUp) => wokenAt(wakeUp) === undefined);
    const overlooked = wakeUps.filter((wakeUp) => (wokenAt(wakeUp) ?? at) <= at - AGAIN_AFTER_MS);
    for (const wakeUp of [...fresh, ...overlooked]) remember(wakeUp, at);
    for (const wakeUp of oneForEachPerson(overlooked, seen)) void sendDirectly(wakeUp);
    const chosen = oneForEachPerson(fresh, seen);
    if (chosen.length === 0) return;
    try {
      await queue.add(chosen);
    } catch (error) {
      logger.warn(
        { reason: errorMessage(error), notifications: wakeUps.length },
        'the queue is out of reach, sending without it',
      );
      for (const wakeUp of chosen) void sendDirectly(wakeUp);
    }
  };

  const sendDirectly = async (wakeUp: WakeUp): Promise<void> => {
    const key = keyOf(wakeUp);
    if (underWay.has(key)) return;
    underWay.add(key);
    try {
      await direct.run(async () => {
        if (!stopped) await handle(wakeUp);
      });
    } catch (error) {
      logger.warn({ err: error, notificationId: wakeUp.id }, 'not sent yet');
    } finally {
      underWay.delete(key);
    }
  };

  const remember = (wakeUp: WakeUp, at: number): void => {
    // Insertion order is to be time order.
    woken.delete(keyOf(wakeUp));
    woken.set(keyOf(wakeUp), at);
  };

  const forget = (): void => {
    const before = Date.now() - REMEMBERED_MS;
    for (const [key, at] of woken) {
      if (at > before) break;
      woken.delete(key);
    }
  };

  return {
    name: 'notify-relay',
    async start() {
      unsubscribe = listener.on('notification_added', { changed: pump, reconnected: pump });
      timer = setInterval(pump, sweepMs);
      pump();
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      unsubscribe?.();
      await pumping;
    },
  };
};

const toWakeUp = ({ id, attempts, kind, personId, channel }: DueNotification): WakeUp => ({
  id,
  attempt: attempts + 1,
  lane: laneOf(channel),
  ...(mayShare(kind, channel) ? { to: { personId, channel } } : {}),
});

/**
 * What may share a message with an older one is brought up by the worker that has that. What was tried before may be bound to
 * its message, and is woken by itself. `seen` are the people of this round.
 */
const oneForEachPerson = (wakeUps: readonly WakeUp[], seen: Set<string>): WakeUp[] =>
  wakeUps.filter(({ to, attempt }) => {
    if (to === undefined || attempt > 1) return true;
    const key = personKey(to);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });

const keyOf = ({ id, attempt }: WakeUp): string => `${id} ${attempt}`;
