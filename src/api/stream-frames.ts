import { AppError } from '../shared/app-error.ts';
import type { User } from '../shared/http.ts';
import type { EventFeed, FeedEvent } from './event-feed.ts';
import type { OpenStream } from './open-streams.ts';

/** Whose stream it is, and the regions they may see (null = every); looked at again with every heartbeat. */
export type StreamSession = {
  user: User;
  visible: ReadonlySet<string> | null;
  /** Throws AppError('unauthorized') when the account or the token is no longer good. */
  renew(): Promise<void>;
};

export type StreamFramesOptions = {
  feed: EventFeed;
  session: StreamSession;
  /** Id of the last event the client has. */
  after: number;
  heartbeatMs: number;
  stream: OpenStream;
};

/** Small enough that a client far behind takes little memory, large enough to catch up quickly. */
const BATCH = 100;
/** A client that takes nothing for this long is dropped; it resumes from its last id when it comes back. */
const STALL_MS = 60_000;
/** How long a client waits before it connects again. */
const RETRY_MS = 2_000;

/**
 * The text of one client's stream. It is pulled: while the client does not read, nothing is read for it.
 * The present id is sent first and with every heartbeat, so that a client that lost its connection in a
 * quiet time, or saw none of the events of other regions, resumes from there and misses nothing.
 */
export async function* streamFrames({
  feed,
  session,
  after,
  heartbeatMs,
  stream,
}: StreamFramesOptions): AsyncGenerator<string> {
  let cursor = after;
  let beatAt = Date.now() + heartbeatMs;
  const send = function* (text: string): Generator<string> {
    const stalled = setTimeout(() => stream.drop(), STALL_MS);
    try {
      yield text;
    } finally {
      clearTimeout(stalled);
    }
  };

  yield* send(`retry: ${String(RETRY_MS)}\nid: ${String(cursor)}\n\n`);
  while (!stream.signal.aborted) {
    const events = await feed.after(cursor, BATCH);
    cursor = events.at(-1)?.id ?? cursor;
    const text = visibleText(events, session.visible);
    if (text !== '') yield* send(text);
    if (events.length === BATCH) continue;

    const { signal } = stream;
    const timeoutMs = Math.max(beatAt - Date.now(), 0);
    const more = await feed.waitBeyond(cursor, { signal, timeoutMs });
    if (signal.aborted) return;
    if (more && Date.now() < beatAt) continue;
    if (!(await stillWelcome(session))) return;
    yield* send(`: keep-alive\nid: ${String(cursor)}\n\n`);
    beatAt = Date.now() + heartbeatMs;
  }
}

const visibleText = (events: readonly FeedEvent[], visible: ReadonlySet<string> | null): string =>
  events
    .filter(({ regionId }) => visible === null || visible.has(regionId))
    .map(({ frame }) => frame)
    .join('');

/** A database that is away for a moment does not end the stream; a dismissed person does. */
const stillWelcome = async (session: StreamSession): Promise<boolean> => {
  try {
    await session.renew();
    return true;
  } catch (error) {
    return !(error instanceof AppError && error.code === 'unauthorized');
  }
};
