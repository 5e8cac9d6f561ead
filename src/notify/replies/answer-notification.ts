import type { PoolClient } from 'pg';
import { lockIncidents } from '../../incidents/index.ts';
import type { Clock } from '../../shared/clock.ts';
import { withTransaction } from '../../shared/db.ts';
import type { Logger } from '../../shared/logger.ts';
import { noticeTo } from '../notice.ts';
import { insertNotifications } from '../notification-store.ts';
import { type Answer, renderAnswer } from '../render-answer.ts';
import {
  type Answerable,
  findAnswerable,
  findGiven,
  insertReply,
  type ReplyDigit,
  type Via,
  wasAsked,
} from './answer-store.ts';
import { type ActDeps, answerTo, decline, OUTCOMES, takeOrDismiss } from './carry-out.ts';
import { type Decision, decideReply } from './decide-reply.ts';
import { readDigit } from './parse-reply.ts';

export type AnswerDeps = ActDeps & {
  smsSignature: string;
  clock: Clock;
  logger: Logger;
  /** A reply was dealt with. */
  onReply: (outcome: string) => void;
};

export type GivenAnswer = {
  notificationId: string;
  /** Who answers; null: whoever was told (the link proves it). */
  personId: string | null;
  reply: ReplyDigit;
  via: Via;
  /** When it was given, by the clock of whoever did: the same again is the same message. */
  at: Date;
  /** By link: the question whether it is a false alarm has been answered. */
  confirms?: boolean;
};

export type AnswerResult =
  /** No notification that can be answered, or somebody else's. */
  | { kind: 'not_theirs' }
  /** This message has come before, or this answer was given by link before; nothing was done. */
  | { kind: 'given_before'; notification: Answerable }
  /** `answer` says what the person should know where not what was asked was done. */
  | {
      kind: 'done';
      decision: Decision['kind'];
      notification: Answerable;
      answer: Answer | undefined;
    };

/**
 * Does what 1, 2 or 0 says about the incident of a notification, as by SMS: dismissing takes two answers within ten minutes.
 * What it answers to the app is sent to its inbox.
 */
export const answerNotification = async (
  deps: AnswerDeps,
  given: GivenAnswer,
): Promise<AnswerResult> => {
  const { pool, clock } = deps;
  const { notificationId, reply, via } = given;
  const notification = await findAnswerable(pool, notificationId);
  if (notification === undefined) return { kind: 'not_theirs' };
  const { personId, incidentId } = notification;
  if (given.personId !== null && given.personId !== personId) return { kind: 'not_theirs' };
  const before = await findGiven(
    pool,
    { notificationId, via, reply },
    via === 'link' ? null : given.at,
  );
  const isUsed =
    via === 'link' ? before !== null && before !== OUTCOMES.ask_false_alarm : before !== null;
  if (isUsed) return { kind: 'given_before', notification };
  const now = clock.now();
  const confirms =
    via === 'link'
      ? given.confirms === true
      : await wasAsked(pool, { incidentId, personId, via, now });
  const wanted = decideReply(
    { kind: readDigit(reply), code: null },
    [notification],
    confirms ? incidentId : null,
  );
  const decision = await takeOrDismiss(deps, { wanted, personId, by: via, now });
  return close(deps, { given, notification, decision, now });
};

/** Notes that it was dealt with, with what else is written for it. */
const close = async (
  deps: AnswerDeps,
  done: { given: GivenAnswer; notification: Answerable; decision: Decision; now: Date },
): Promise<AnswerResult> => {
  const { given, notification, decision, now } = done;
  const { notificationId, personId, incidentId } = notification;
  const { via, reply, at } = given;
  const outcome = OUTCOMES[decision.kind];
  const answer = await withTransaction(deps.pool, async (tx) => {
    if (decision.kind === 'decline') await lockIncidents(tx);
    const row = { notificationId, via, reply, incidentId, personId, at, receivedAt: now, outcome };
    const id = await insertReply(tx, row);
    const said = await answerTo(tx, decision);
    if (id === undefined) return said;
    if (decision.kind === 'decline') await decline(tx, { incidentId, personId, by: via, now });
    if (via === 'app' && said !== undefined) await tellApp(deps, tx, { ...done, answer: said, id });
    return said;
  });
  deps.logger.info({ personId, incidentId, notificationId, via, outcome }, 'reply');
  deps.onReply(outcome);
  return { kind: 'done', decision: decision.kind, notification, answer };
};

const tellApp = async (
  { smsSignature }: AnswerDeps,
  tx: PoolClient,
  to: { notification: Answerable; answer: Answer; id: string; now: Date },
): Promise<void> => {
  const { notification, answer, id, now } = to;
  const { personId, locale, incidentId, notificationId } = notification;
  const row = noticeTo(
    { personId, channel: 'app', address: personId, locale },
    {
      incidentId,
      kind: 'reply',
      occurrence: Number(id),
      text: renderAnswer(answer, locale, smsSignature),
      payload: { answer: answer.kind, to: notificationId },
      now,
    },
  );
  await insertNotifications(tx, [row], now);
};
