import { errorMessage } from '../shared/app-error.ts';
import type { Logger } from '../shared/logger.ts';
import { type Breaker, type BreakerState, createBreaker, type Verdict } from './breaker.ts';
import type { Channel, OutgoingMessage, SendResult } from './channels/channel.ts';
import { type Past, rankProviders, type Standing } from './rank-providers.ts';

export type SendOutcome = 'submitted' | 'refused' | 'throttled' | 'failed' | 'unknown';

/** For /readyz and /metrics. */
export type ProviderReport = {
  channel: string;
  provider: string;
  /** Nothing is known that would keep it from sending. */
  up: boolean;
  breaker: BreakerState;
  /** What it says of itself: where it is bound to, or why it is not. */
  status: string;
  /** Why a message did not go out the last time, and when; gone once one does. */
  lastError?: string;
  lastErrorAt?: string;
};

/** A provider for one message. It has to be given back by one of the two. */
export type Chosen = {
  kind: 'chosen';
  provider: string;
  send(message: OutgoingMessage): Promise<SendResult>;
  /** The message was not sent after all. */
  release(): void;
};

export type Choice = Chosen | { kind: 'none'; reason: string; retryInMs: number };

export type ProviderPool = {
  choose(channel: string, past: Past): Choice;
  /** Names of the channel's providers. */
  names(channel: string): string[];
  /** Names of those that can send, as far as is known. */
  working(channel: string): string[];
  report(): ProviderReport[];
};

export type PoolDeps = {
  providers: Readonly<Partial<Record<string, readonly Channel[]>>>;
  /** Sends what no provider is configured for. */
  standIn: Channel;
  /** Messages that waited for a provider of the channel need not wait longer. */
  onRecovered: (channel: string) => void;
  onResult: (result: {
    channel: string;
    provider: string;
    outcome: SendOutcome;
    tookMs: number;
  }) => void;
  logger: Logger;
  /** Wall clock for what people read. */
  now: () => Date;
  /** Monotonic, for pauses. */
  nowMs?: () => number;
  breaker?: Partial<typeof BREAKER>;
};

/**
 * Five failures in a row: one message that hits a hiccup may use up two or three attempts. A provider that stands alone is
 * tried every few seconds, for that costs nothing and the messages wait; where another one works, each trial delays a
 * message by a time-out, so they become rare.
 */
const BREAKER = { failures: 5, pauseMs: 5_000, maxPauseMs: 60_000 };

/** Nothing a provider does takes longer; what has not answered by then may or may not have been taken. */
const SEND_TIMEOUT_MS = 30_000;

/** Between two looks at a channel none of whose providers may be called. */
const MIN_RETRY_MS = 200;
const MAX_RETRY_MS = 5_000;

type Entry = {
  sender: Channel;
  channel: string;
  breaker: Breaker | undefined;
  pausedUntilMs: number;
  /** It said that it cannot send when a message failed. */
  failedInTrouble: boolean;
  lastError: { text: string; at: Date } | undefined;
};

/** Who carries the next message of a channel, and what is known of each provider. Known in this process alone. */
export const createProviderPool = (deps: PoolDeps): ProviderPool => {
  const { logger, now, nowMs = () => performance.now() } = deps;
  const entries = new Map<string, Entry[]>();
  for (const [channel, senders = []] of Object.entries(deps.providers)) {
    entries.set(
      channel,
      senders.map((sender) => entryOf(channel, sender, senders.length === 1)),
    );
  }

  function entryOf(channel: string, sender: Channel, alone: boolean): Entry {
    const { failures, pauseMs, maxPauseMs } = { ...BREAKER, ...deps.breaker };
    const log = logger.child({ channel, provider: sender.provider });
    const breaker = createBreaker({
      nowMs,
      failures,
      pauseMs,
      maxPauseMs: alone ? pauseMs : maxPauseMs,
      onChange(state) {
        if (state === 'open') {
          log.error({ reason: entry.lastError?.text }, 'provider fails, not used for now');
          return;
        }
        log.warn('provider works again');
        deps.onRecovered(channel);
      },
    });
    const entry: Entry = {
      sender,
      channel,
      // Where each address is a server of its own, one that is broken says nothing of the others.
      breaker: sender.everyAddressIsAServer === true ? undefined : breaker,
      pausedUntilMs: 0,
      failedInTrouble: false,
      lastError: undefined,
    };
    return entry;
  }

  const of = (channel: string): Entry[] => {
    const known = entries.get(channel);
    if (known !== undefined && known.length > 0) return known;
    const made = [entryOf(channel, deps.standIn, true)];
    entries.set(channel, made);
    return made;
  };

  const standingOf = (entry: Entry): Standing => {
    const { sender, breaker } = entry;
    const hasTrouble = sender.trouble() !== null;
    if (entry.failedInTrouble && !hasTrouble) {
      // It failed for want of a line and has one now.
      entry.failedInTrouble = false;
      breaker?.tryNow();
    }
    return {
      name: sender.provider,
      admits: (breaker?.admits() ?? true) && entry.pausedUntilMs <= nowMs(),
      isTrial: breaker !== undefined && breaker.state() !== 'closed',
      hasTrouble,
    };
  };

  const begin = (entry: Entry): Chosen => {
    const verdict = entry.breaker?.begin() ?? (() => undefined);
    const { sender, channel } = entry;
    return {
      kind: 'chosen',
      provider: sender.provider,
      release: () => verdict('unused'),
      async send(message) {
        const startedMs = nowMs();
        const result = await inTime(sender.send(message));
        const outcome = outcomeOf(result);
        note(entry, result);
        verdict(VERDICTS[outcome]);
        const { provider } = sender;
        deps.onResult({ channel, provider, outcome, tookMs: nowMs() - startedMs });
        return result;
      },
    };
  };

  const note = (entry: Entry, result: SendResult): void => {
    if (result.kind === 'submitted') {
      entry.lastError = undefined;
      return;
    }
    entry.lastError = { text: result.reason, at: now() };
    const pauseMs = result.kind === 'failed' ? result.retryAfterMs : undefined;
    if (pauseMs !== undefined) {
      entry.pausedUntilMs = Math.max(entry.pausedUntilMs, nowMs() + pauseMs);
    }
    entry.failedInTrouble ||= entry.sender.trouble() !== null;
  };

  const isUp = (entry: Entry): boolean => {
    const { admits, hasTrouble, isTrial } = standingOf(entry);
    return admits && !hasTrouble && !isTrial;
  };

  return {
    choose(channel, past) {
      const all = of(channel);
      // Where the one that is left has been taken out of the configuration, those that refused are asked again.
      const left = all.some(({ sender }) => !past.refusedBy.includes(sender.provider));
      const refusedBy = left ? past.refusedBy : [];
      const name = rankProviders(all.map(standingOf), { ...past, refusedBy });
      const entry = all.find(({ sender }) => sender.provider === name);
      if (entry !== undefined) return begin(entry);
      const waits = all
        .filter(({ sender }) => !refusedBy.includes(sender.provider))
        .map(({ breaker, pausedUntilMs }) =>
          Math.max(breaker?.waitMs() ?? 0, pausedUntilMs - nowMs()),
        );
      const wait = Math.min(...waits);
      return {
        kind: 'none',
        reason: all
          .map(({ sender, lastError }) => `${sender.provider}: ${lastError?.text ?? 'paused'}`)
          .join('; '),
        retryInMs: Math.min(Math.max(wait, MIN_RETRY_MS), MAX_RETRY_MS),
      };
    },
    names: (channel) => of(channel).map(({ sender }) => sender.provider),
    working: (channel) =>
      of(channel)
        .filter(isUp)
        .map(({ sender }) => sender.provider),
    report: () =>
      [...entries.values()].flat().map((entry) => {
        const { channel, sender, breaker, lastError } = entry;
        return {
          channel,
          provider: sender.provider,
          up: isUp(entry),
          breaker: breaker?.state() ?? 'closed',
          status: sender.status(),
          ...(lastError === undefined
            ? {}
            : { lastError: lastError.text, lastErrorAt: lastError.at.toISOString() }),
        };
      }),
  };
};

/** A channel promises not to reject; what it then did is as unknown as without an answer. */
const inTime = async (sending: Promise<SendResult>): Promise<SendResult> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<SendResult>((resolve) => {
    const reason = `no outcome in ${SEND_TIMEOUT_MS} ms`;
    timer = setTimeout(() => resolve({ kind: 'unknown', reason }), SEND_TIMEOUT_MS);
    // A provider that hangs must not keep a process alive that has stopped everything else.
    timer.unref();
  });
  try {
    return await Promise.race([sending, late]);
  } catch (error) {
    return { kind: 'unknown', reason: errorMessage(error) };
  } finally {
    clearTimeout(timer);
  }
};

const outcomeOf = (result: SendResult): SendOutcome => {
  if (result.kind !== 'failed') return result.kind;
  if (result.permanent) return 'refused';
  return result.retryAfterMs === undefined ? 'failed' : 'throttled';
};

const VERDICTS: Record<SendOutcome, Verdict> = {
  submitted: 'good',
  refused: 'answered',
  throttled: 'answered',
  failed: 'bad',
  unknown: 'bad',
};
