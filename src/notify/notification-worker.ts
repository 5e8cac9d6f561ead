import { setMaxListeners } from 'node:events';
import { withTransaction } from '../shared/db.ts';
import { createBatch } from './batch.ts';
import {
  type Candidate,
  findWaiting,
  MAX_MATES,
  readCandidates,
  type Seen,
} from './candidate-store.ts';
import type { SendResult } from './channels/channel.ts';
import { chooseMates, composeMessage } from './compose-message.ts';
import { createOutcomeBook, type Members, type OutcomeDeps, type Taken } from './outcome-book.ts';
import { planSending } from './plan-sending.ts';
import type { Chosen, ProviderPool } from './provider-pool.ts';
import { personKey, type WakeUp } from './queue.ts';
import type { ReceiptBook } from './receipt-book.ts';
import { type Claim, claimNotifications, postpone, renewClaim } from './sending-store.ts';
import { createTurns } from './turns.ts';
import { within } from './within.ts';

export type NotificationWorker = {
  handle(wakeUp: Waking): Promise<void>;
  /**
   * When stopping: waits a little for what is being sent, then lets go of it. Its outcome is then not written, so it is
   * sent again once its claim has run out.
   */
  drain(): Promise<void>;
};

export type WorkerDeps = OutcomeDeps & {
  providers: ProviderPool;
  receipts: Pick<ReceiptBook, 'submitted' | 'beforeTakingOver'>;
  /** A claim is renewed while its worker lives; one that died keeps it this long at most. */
  leaseMs: number;
};

/** When stopping, what is being sent gets this long: the whole service has to end within 5 s. */
const DRAIN_MS = 3_000;

/**
 * No alert is held for longer. Incidents are committed some 10 ms apart, so ten that open at once come within it; and an alert
 * held for all of it is still out within the quarter of a second that it may take from detection to submission.
 */
const BUNDLE_WINDOW_MS = 150;
/** One every three seconds for a whole minute is as much as a person can follow. */
const MESSAGES_PER_MINUTE = 20;

/**
 * A process that has just started leaves alone for so long what another was sending: where nobody was there for a while, the
 * SMS centre hands over now the receipts that may tell that it has been sent.
 */
const LISTENS_FIRST_MS = 3_000;

/**
 * Sends one notification, if it is due and nobody else is sending it: chooses the provider, claims and writes the attempt's
 * row, then calls the provider, then writes the outcome. Rejects only when PostgreSQL does; the claim then runs out and the
 * relay brings the notification back.
 */
export const createNotificationWorker = (deps: WorkerDeps): NotificationWorker => {
  const { pool, sending, config, clock, leaseMs, providers } = deps;
  const abandoned = new AbortController();
  // One listener for each sending under way.
  setMaxListeners(0, abandoned.signal);

  const underWay = new Set<Promise<void>>();
  const timers = new Set<NodeJS.Timeout>();
  const turns = createTurns();
  const rule = {
    windowMs: config.bundleWindowMs ?? BUNDLE_WINDOW_MS,
    perMinute: config.messagesPerMinute ?? MESSAGES_PER_MINUTE,
  };
  const readCandidate = createBatch(async (ids: readonly string[]) => {
    const found = await readCandidates(pool, ids, clock.now());
    return ids.map((id) => found.get(id));
  });
  const claimMessage = createBatch((claims: readonly Claim[]) =>
    claimNotifications(sending, claims, { now: clock.now(), leaseMs }),
  );
  const outcomes = createOutcomeBook(deps, abandoned.signal);
  const takesOverFromMs = performance.now() + LISTENS_FIRST_MS;
  let stopping = false;

  return {
    handle: track,
    async drain() {
      stopping = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      await within(DRAIN_MS, Promise.allSettled(underWay));
      abandoned.abort();
    },
  };

  function track(wakeUp: Waking): Promise<void> {
    const work = handle(wakeUp).finally(() => underWay.delete(work));
    underWay.add(work);
    return work;
  }

  /** Looks at it again without waiting for the relay's sweep; should this process end first, that finds it. */
  function later(wakeUp: Waking, ms: number): void {
    if (stopping) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      track(wakeUp).catch((error: unknown) =>
        deps.logger.warn({ err: error, notificationId: wakeUp.id }, 'not sent yet'),
      );
    }, ms);
    timers.add(timer);
  }

  async function handle(wakeUp: Waking): Promise<void> {
    const { to } = wakeUp;
    const taken = await (to === undefined
      ? take(wakeUp)
      : turns.run(personKey(to), () => take(wakeUp)));
    if (taken === undefined) return;
    const { members, choice } = taken;
    const [{ id, bundleId, incidentId, channel, attempt, failures }] = members;
    const logger = deps.logger.child({
      ...(members.length === 1
        ? { notificationId: id, incidentId }
        : { bundleId, notificationIds: members.map((member) => member.id) }),
      channel,
      attempt,
      provider: choice.provider,
    });
    const lost = failures >= config.maxAttempts;
    if (lost) choice.release();
    const result = lost ? LAST_ONE_LOST : await send(members, choice);
    if (result === 'abandoned') return;
    const again = await outcomes.record({ ...taken, result }, logger);
    for (const next of again?.ids ?? []) later({ ...wakeUp, id: next }, again?.delayMs ?? 0);
  }

  /** Decides whether it goes out now, by whom and with what others, and claims them. */
  async function take(wakeUp: Waking): Promise<Taken | undefined> {
    const candidate = await readCandidate(wakeUp.id);
    const now = clock.now();
    if (candidate === undefined) return goOn(wakeUp, now);
    // Somebody else began to send it and has not been heard of since.
    const isAbandoned = candidate.status === 'sending';
    const listensForMs = takesOverFromMs - performance.now();
    if (isAbandoned && listensForMs > 0) {
      later(wakeUp, listensForMs);
      return goOn(wakeUp, now);
    }
    // If it turns out to have been sent, the claim finds it gone.
    if (isAbandoned) await deps.receipts.beforeTakingOver(candidate.id);
    const timing = planSending(candidate, candidate.traffic, { ...rule, now });
    if (timing.kind === 'hold' && wakeUp.follows !== true) {
      // Whatever else is due to the person by then goes with it. Held once, whatever the clock has done by then.
      later({ ...wakeUp, follows: true }, timing.ms);
      return undefined;
    }
    if (timing.kind === 'later') {
      await postpone(pool, wakeUp.id, { until: timing.until, reason: null });
      return goOn(wakeUp, now);
    }
    const choice = providers.choose(candidate.channel, pastOf(candidate));
    if (choice.kind === 'none') {
      await waitForProvider(wakeUp, candidate, choice);
      return goOn(wakeUp, now);
    }
    const { members, next } = await claim(candidate, choice);
    if (members === undefined) return goOn(wakeUp, now);
    // What has found no room goes right after.
    if (next !== undefined) later({ ...wakeUp, id: next, follows: true }, 0);
    return { members, choice, candidate };
  }

  /** Nothing has come of this one; the wake-up stood for what else is due to the person as well. */
  async function goOn({ id, to }: Waking, now: Date): Promise<undefined> {
    if (to === undefined) return;
    const next = await findWaiting(pool, to, now);
    if (next !== undefined && next !== id) later({ id: next, to }, 0);
  }

  async function waitForProvider(
    wakeUp: Waking,
    { id, kind, channel, fellBack }: Candidate,
    { reason, retryInMs }: { reason: string; retryInMs: number },
  ): Promise<void> {
    const until = new Date(clock.now().getTime() + retryInMs);
    if (kind === 'alert' && !fellBack) {
      await withTransaction(pool, (tx) => deps.fallBack(tx, { id, reason }));
    }
    await postpone(pool, id, { until, reason });
    deps.logger.warn({ notificationId: id, channel, reason, retryInMs }, 'no provider to send by');
    later(wakeUp, retryInMs);
  }

  async function claim(
    candidate: Candidate,
    choice: Chosen,
  ): Promise<{ members?: Members; next?: string }> {
    const { id, bundleId, mates } = candidate;
    try {
      const taking = membersOf(candidate);
      const [first, ...rest] = await claimMessage({
        lead: id,
        members: taking,
        bundleId: bundleId ?? id,
        provider: choice.provider,
      });
      if (first !== undefined) {
        const next = mates.find((mate) => !taking.some((member) => member.id === mate.id));
        return { members: [first, ...rest], ...(next === undefined ? {} : { next: next.id }) };
      }
      choice.release();
      return {};
    } catch (error) {
      choice.release();
      throw error;
    }
  }

  /** Those that go out in one message: of one that may have got out the same again, else as many as have room. */
  function membersOf(candidate: Candidate): Seen[] {
    const { id, bundleId, channel, locale } = candidate;
    const mates = candidate.mates.slice(0, MAX_MATES);
    if (mates[0]?.id !== id) return [seen(candidate)];
    if (bundleId !== null) return mates.map(seen);
    if (rule.windowMs === 0) return [seen(candidate)];
    const { smsSignature: signature } = config;
    const ids = chooseMates(mates, { channel, locale, signature });
    return mates.filter((mate) => ids.includes(mate.id)).map(seen);
  }

  async function send(members: Members, chosen: Chosen): Promise<SendResult | 'abandoned'> {
    const renewal = setInterval(() => {
      const until = new Date(clock.now().getTime() + leaseMs);
      // A renewal that fails is made up for by the next, or the claim runs out as it should.
      renewClaim(sending, members, until).catch(() => undefined);
    }, leaseMs / 3);
    const ended = new AbortController();
    try {
      return await Promise.race([
        chosen.send(composeMessage(members, config.smsSignature)),
        aborted(abandoned.signal, ended.signal),
      ]);
    } finally {
      clearInterval(renewal);
      ended.abort();
    }
  }
};

/** What woke the worker: a job of the queue, the relay, or a timer of its own. */
type Waking = Pick<WakeUp, 'id' | 'to'> & {
  /** It was held before, or had no room in the message before: it does not wait for others again. */
  follows?: true;
};

const LAST_ONE_LOST: SendResult = {
  kind: 'failed',
  permanent: false,
  reason: 'the last attempt ended unknown',
};

/** A first alert must not be what finds out whether a provider is back. */
const pastOf = ({ kind, told, failed, refusedBy }: Candidate) => ({
  failed,
  refusedBy,
  urgent: kind === 'alert' && !told,
});

const seen = ({ id, attempts, status }: Seen): Seen => ({ id, attempts, status });

const aborted = (signal: AbortSignal, ended: AbortSignal): Promise<'abandoned'> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve('abandoned'), { once: true, signal: ended });
  });
