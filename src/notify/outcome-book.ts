import { backoffMs } from '../shared/backoff.ts';
import type { Clock } from '../shared/clock.ts';
import type { CountyConfig } from '../shared/county-config.ts';
import type { Pool } from '../shared/db.ts';
import type { Logger } from '../shared/logger.ts';
import { createWriteBatch } from './batch.ts';
import type { Candidate } from './candidate-store.ts';
import type { SendResult } from './channels/channel.ts';
import { type GiveUpDeps, giveUp } from './given-up.ts';
import { insist } from './insist.ts';
import type { Chosen, PoolDeps, ProviderPool } from './provider-pool.ts';
import type { ReceiptBook } from './receipt-book.ts';
import {
  type ClaimedNotification,
  recordSubmitted,
  recordUnsent,
  type Submission,
  type Unsent,
} from './sending-store.ts';

export type NotifyMetrics = {
  /** A provider took a message, `delayMs` after the detection was received (later steps: after they were due). */
  submitted(delayMs: number, channel: string): void;
  /** A notification was given up. */
  failed(channel: string): void;
  /** One call of a provider. */
  sent?: PoolDeps['onResult'];
};

export type OutcomeDeps = GiveUpDeps & {
  config: CountyConfig['notify'];
  providers: Pick<ProviderPool, 'names' | 'working'>;
  receipts: Pick<ReceiptBook, 'submitted'>;
  metrics: NotifyMetrics;
  clock: Clock;
  logger: Logger;
  /** For claims and outcomes alone: an answer of a provider is written at once, whatever else is to be read or counted. */
  sending: Pool;
};

/** The notifications of one message, oldest first. */
export type Members = readonly [ClaimedNotification, ...ClaimedNotification[]];
export type Taken = { members: Members; choice: Chosen; candidate: Candidate };
type Sent = Taken & { result: SendResult };
type Failure = Exclude<SendResult, { kind: 'submitted' }>;

/** Notifications that this process tries again, sooner than the relay would bring them up. */
export type Again = { ids: readonly string[]; delayMs: number };

export type OutcomeBook = {
  /** Writes what has become of a message. Resolves with those to be tried again soon. */
  record(sent: Sent, logger: Logger): Promise<Again | undefined>;
};

/** What the relay's sweep would bring up to half a second late is woken by this process. */
const RELAY_MS = 1_000;

/** Before the next provider is tried: another may be free at once. */
const NEXT_PROVIDER_MS = 50;

/** Writes what providers have answered; tries again while PostgreSQL is away, until `signal` ends it. */
export const createOutcomeBook = (deps: OutcomeDeps, signal: AbortSignal): OutcomeBook => {
  const { sending, config, clock, providers } = deps;
  const submitted = createWriteBatch((submissions: readonly Submission[]) =>
    recordSubmitted(sending, submissions),
  );

  return { record };

  async function record(sent: Sent, logger: Logger): Promise<Again | undefined> {
    const { members, choice, result } = sent;
    if (result.kind !== 'submitted') return recordFailure({ ...sent, result }, logger);
    const now = clock.now();
    const { providerMessageIds } = result;
    await keep(logger, () => submitted({ attempts: members, now, providerMessageIds }));
    for (const member of members) {
      deps.metrics.submitted(now.getTime() - wantedAt(member).getTime(), member.channel);
    }
    logger.info({ providerMessageIds }, 'notification submitted');
    // The message is out and its ids are stored; a receipt not counted now is counted when it is repeated.
    await deps.receipts.submitted(choice.provider, providerMessageIds).catch((error: unknown) => {
      logger.warn({ err: error }, 'receipts not counted yet');
    });
    return undefined;
  }

  /** What the provider answered is known here only: lost with PostgreSQL's connection, the message would be sent again. */
  function keep<T>(logger: Logger, write: () => Promise<T>): Promise<T> {
    return insist(write, {
      signal,
      onTrouble: (error) => logger.warn({ err: error }, 'outcome not stored yet'),
    });
  }

  async function recordFailure(
    { members, choice, candidate, result }: Sent & { result: Failure },
    logger: Logger,
  ): Promise<Again | undefined> {
    const now = clock.now();
    const { provider } = choice;
    const unsent = unsentOf(result, { now, members });
    const { reason } = unsent;
    const refusedBy = new Set([...candidate.refusedBy, ...(unsent.permanent ? [provider] : [])]);
    const { channel } = candidate;
    const left = providers.names(channel).filter((name) => !refusedBy.has(name));
    const refused = unsent.permanent && left.length === 0;
    const counted = unsent.counts ? 1 : 0;
    const isOver = ({ failures }: ClaimedNotification): boolean =>
      refused || failures + counted >= config.maxAttempts;
    const given = await fail(members.filter(isOver), unsent);
    for (const { id, incidentId, personId } of given) {
      logger.error(
        { notificationId: id, incidentId, personId, reason },
        'notification given up: this person has not been told',
      );
      deps.metrics.failed(channel);
    }
    const again = members.filter((member) => !given.includes(member));
    if (again.length === 0) return undefined;
    const working = providers.working(channel);
    const others = left.filter((name) => name !== provider && working.includes(name));
    const failures = Math.max(...again.map((member) => member.failures)) + counted;
    const delayMs =
      unsent.bundle === 'apart' ? 0 : delayOf(result, { failures, others: others.length });
    const retryAt = new Date(now.getTime() + delayMs);
    await keep(logger, () => recordUnsent(sending, again, { ...unsent, retryAt }));
    logger.warn({ reason, retryInMs: delayMs }, 'notification not sent, trying again');
    return delayMs < RELAY_MS ? { ids: again.map(({ id }) => id), delayMs } : undefined;
  }

  /** Another provider that works is tried at once; the same one after a pause. */
  function delayOf(
    result: Failure,
    { failures, others }: { failures: number; others: number },
  ): number {
    if (others > 0 && failures <= others) return NEXT_PROVIDER_MS;
    const pauseMs = result.kind === 'failed' ? (result.retryAfterMs ?? 0) : 0;
    const backoff = backoffMs(Math.max(failures, 1), {
      baseMs: config.retryBaseMs,
      maxMs: config.retryMaxMs,
      random: Math.random(),
    });
    return Math.max(pauseMs, backoff);
  }

  /** Returns those given up; not one that was cancelled or taken over meanwhile: of that only the attempt's end is written. */
  async function fail(
    members: readonly ClaimedNotification[],
    unsent: Omit<Unsent, 'retryAt'>,
  ): Promise<ClaimedNotification[]> {
    if (members.length === 0) return [];
    const { reason } = unsent;
    const given = members.map(({ id, incidentId, personId, channel, attempt }) => {
      const data = { notificationId: id, personId, channel, attempt, reason };
      return { id, incidentId, reason, data };
    });
    const failed = await giveUp(deps, given, async (tx, id) => {
      const mine = members.filter((member) => member.id === id);
      return (await recordUnsent(tx, mine, { ...unsent, retryAt: null })).length > 0;
    });
    return members.filter(({ id }) => failed.includes(id));
  }
};

const unsentOf = (
  result: Failure,
  { now, members }: { now: Date; members: Members },
): Omit<Unsent, 'retryAt'> => {
  const { kind: outcome, reason } = result;
  const failed = result.kind === 'failed' ? result : undefined;
  // Refused for good may have been that there are several in it: each is then tried by itself.
  const apart = failed?.permanent === true && members.length > 1;
  const mayBeOut = failed === undefined || members.some(({ repeat }) => repeat);
  return {
    now,
    outcome,
    reason,
    permanent: failed?.permanent === true && !apart,
    // A provider that is busy all night must not make anybody be given up.
    counts: failed?.retryAfterMs === undefined && !apart,
    bundle: apart ? 'apart' : mayBeOut ? 'keep' : 'dissolve',
    providerMessageIds: result.kind === 'unknown' ? (result.providerMessageIds ?? []) : [],
  };
};

/** When the person should have been told. */
const wantedAt = ({ step, payload, createdAt }: ClaimedNotification): Date => {
  const text = step === 0 ? payload['receivedAt'] : payload['dueAt'];
  const time = typeof text === 'string' ? new Date(text) : createdAt;
  return Number.isNaN(time.getTime()) ? createdAt : time;
};
