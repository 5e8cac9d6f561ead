import { errorMessage } from '../shared/app-error.ts';
import type { Pool } from '../shared/db.ts';
import type { Listener } from '../shared/listener.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';
import { eventsAfter, lastEventId, type StreamEvent } from './event-store.ts';

/** An event with its SSE text, written once however many clients get it. */
export type FeedEvent = { id: number; regionId: string; frame: string };

export type EventFeed = Part & {
  /**
   * Where a stream begins: now, or after the event the client names. An id that does not exist yet (the
   * database was restored from a backup) also means now, or the client would wait for it in silence.
   */
  position(asked: number | undefined): Promise<number>;
  /** Events after `id`, oldest first, at most `limit`: from memory when recent, else from the table. */
  after(id: number, limit: number): Promise<readonly FeedEvent[]>;
  /** True once there is an event after `id`; false on timeout or abort. */
  waitBeyond(id: number, options: { signal: AbortSignal; timeoutMs: number }): Promise<boolean>;
};

export type EventFeedOptions = {
  pool: Pool;
  listener: Pick<Listener, 'on'>;
  logger: Logger;
  /** How often to look although nothing called: NOTIFY is a wake-up, never the only way to learn of an event. */
  pollMs?: number;
  /** Events kept in memory, ~1 KB each. A client further behind reads the table. */
  keep?: number;
};

const BATCH = 500;

/**
 * Reads each new event once and hands it to every stream. Streams pull at their own speed, each with its
 * own place in the sequence, so a slow client costs nothing but its place; nobody can miss or repeat one.
 */
export const createEventFeed = ({
  pool,
  listener,
  logger,
  pollMs = 5_000,
  keep = 2_000,
}: EventFeedOptions): EventFeed => {
  /** Every event with floor < id ≤ head, in order. */
  let recent: FeedEvent[] = [];
  let floor = 0;
  let head = 0;
  let reading: Promise<void> | undefined;
  let wanted = false;
  let timer: NodeJS.Timeout | undefined;
  let unsubscribe = (): void => undefined;
  const waiters = new Set<() => void>();

  const append = (events: readonly StreamEvent[]): void => {
    const last = events.at(-1);
    if (last === undefined) return;
    recent.push(...events.map(toFeedEvent));
    head = last.id;
    const surplus = recent.length - keep;
    if (surplus > 0) {
      floor = recent[surplus - 1]?.id ?? floor;
      recent = recent.slice(surplus);
    }
    for (const wake of waiters) wake();
  };

  const readAll = async (): Promise<void> => {
    while (wanted) {
      wanted = false;
      const events = await eventsAfter(pool, head, BATCH);
      append(events);
      if (events.length === BATCH) wanted = true;
    }
  };

  /** A call during a read asks for one more read after it: the event it announces may have come too late for this one. */
  const refresh = (): void => {
    wanted = true;
    reading ??= readAll()
      .catch((error: unknown) =>
        logger.warn({ reason: errorMessage(error) }, 'reading new incident events failed'),
      )
      .finally(() => {
        reading = undefined;
      });
  };

  return {
    name: 'event-feed',
    async start() {
      unsubscribe = listener.on('incident_event', { changed: refresh, reconnected: refresh });
      head = await lastEventId(pool);
      floor = head;
      timer = setInterval(refresh, pollMs);
      refresh();
    },
    async stop() {
      unsubscribe();
      clearInterval(timer);
      wanted = false;
      await reading;
    },
    async position(asked) {
      if (asked === undefined) return head;
      // This process may be a moment behind the one that served the client before.
      return asked <= head ? asked : Math.min(asked, await lastEventId(pool));
    },
    async after(id, limit) {
      if (id < floor) return (await eventsAfter(pool, id, limit)).map(toFeedEvent);
      const from = firstAfter(recent, id);
      return recent.slice(from, from + limit);
    },
    waitBeyond(id, { signal, timeoutMs }) {
      if (head > id) return Promise.resolve(true);
      if (signal.aborted) return Promise.resolve(false);
      return new Promise((resolve) => {
        const settle = (): void => {
          clearTimeout(timeout);
          waiters.delete(wake);
          signal.removeEventListener('abort', settle);
          resolve(head > id);
        };
        const wake = (): void => {
          if (head > id) settle();
        };
        const timeout = setTimeout(settle, timeoutMs);
        waiters.add(wake);
        signal.addEventListener('abort', settle, { once: true });
      });
    },
  };
};

/** Index of the first event after `id`; events are sorted, and a caught-up client asks for the very end. */
const firstAfter = (events: readonly FeedEvent[], id: number): number => {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle]?.id ?? 0) > id) high = middle;
    else low = middle + 1;
  }
  return low;
};

const toFeedEvent = (event: StreamEvent): FeedEvent => ({
  id: event.id,
  regionId: event.incident.regionId,
  frame: `id: ${String(event.id)}\nevent: ${event.type.replace(/[\r\n]/g, ' ')}\ndata: ${JSON.stringify(event)}\n\n`,
});
