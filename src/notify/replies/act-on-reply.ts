import type { PoolClient } from 'pg';
import { lockIncidents } from '../../incidents/index.ts';
import type { Clock } from '../../shared/clock.ts';
import { type Pool, withTransaction } from '../../shared/db.ts';
import type { Logger } from '../../shared/logger.ts';
import { noticeTo } from '../notice.ts';
import { insertNotifications } from '../notification-store.ts';
import type { SetUpChannels } from '../plan-notifications.ts';
import { renderAnswer } from '../render-answer.ts';
import { answerTo, decline, OUTCOMES, takeOrDismiss } from './carry-out.ts';
import { type Decision, decideReply } from './decide-reply.ts';
import {
  closeInbound,
  countAnswers,
  findAskedAbout,
  type Inbound,
  listToldByPhone,
  type ToldSender,
} from './inbound-store.ts';
import { nearestNumbers, parseReply, phoneDigits } from './parse-reply.ts';

export type ReplyDeps = {
  pool: Pool;
  /** As for any act on an incident: stops what need not be sent any more. */
  onTakenOver: (tx: PoolClient, incidentId: string, now: Date) => Promise<void>;
  smsSignature: string;
  setUp: SetUpChannels;
  clock: Clock;
  logger: Logger;
  /** A reply was dealt with. */
  onReply: (outcome: string) => void;
};

/** More answers than these in ten minutes help nobody. */
const MAX_ANSWERS = 5;

/**
 * Does what a reply says. Taking and dismissing may be repeated without harm; what else it writes is in one transaction
 * with the mark that it was dealt with. So a crash in between does nothing twice.
 */
export const actOnReply = async (deps: ReplyDeps, inbound: Inbound): Promise<void> => {
  const { pool, clock, logger } = deps;
  const now = clock.now();
  const told = await readTold(pool, inbound.sender, now);
  const [first, ...rest] = told;
  if (first === undefined) {
    logger.warn(
      { from: `…${inbound.sender.slice(-4)}`, inboundId: inbound.id },
      'SMS from a number that was told of nothing',
    );
    const done = { outcome: 'unknown sender', personId: null, incidentId: null, now };
    if (await closeInbound(pool, inbound.id, done)) deps.onReply(done.outcome);
    return;
  }
  const { personId } = first;
  const askedAbout = await findAskedAbout(pool, personId, inbound);
  const wanted = decideReply(parseReply(inbound.text), [first, ...rest], askedAbout);
  const decision = await takeOrDismiss(deps, { wanted, personId, by: 'sms', now });
  const outcome = await close(deps, { inbound, decision, sender: first, now });
  if (outcome === undefined) return;
  logger.info({ personId, inboundId: inbound.id, outcome }, 'SMS reply');
  deps.onReply(outcome);
};

const readTold = async (pool: Pool, sender: string, now: Date): Promise<ToldSender[]> =>
  nearestNumbers(sender, await listToldByPhone(pool, phoneDigits(sender).slice(-8), now));

/** Marks the message as dealt with and writes the answer; undefined when another process was faster. */
const close = async (
  deps: ReplyDeps,
  done: { inbound: Inbound; decision: Decision; sender: ToldSender; now: Date },
): Promise<string | undefined> => {
  const { inbound, decision, sender, now } = done;
  const { personId } = sender;
  const incident = 'incident' in decision ? decision.incident : sender;
  const { incidentId } = incident;
  const outcome = OUTCOMES[decision.kind];
  return withTransaction(deps.pool, async (tx) => {
    if (decision.kind === 'decline') await lockIncidents(tx);
    if (!(await closeInbound(tx, inbound.id, { outcome, personId, incidentId, now })))
      return undefined;
    if (decision.kind === 'decline') await decline(tx, { incidentId, personId, by: 'sms', now });
    const answer = await answerTo(tx, decision);
    if (answer === undefined) return outcome;
    if ((await countAnswers(tx, personId, inbound.receivedAt)) >= MAX_ANSWERS) {
      deps.logger.warn({ personId, inboundId: inbound.id }, 'answered often enough, not again');
      return outcome;
    }
    const row = noticeTo(
      { personId, channel: 'sms', address: sender.address, locale: sender.locale },
      {
        incidentId,
        kind: 'reply',
        occurrence: Number(inbound.id),
        text: renderAnswer(answer, sender.locale, deps.smsSignature),
        now,
      },
    );
    await insertNotifications(tx, [row], now);
    return outcome;
  });
};
