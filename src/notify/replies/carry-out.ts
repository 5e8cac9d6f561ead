import type { PoolClient } from 'pg';
import { actOnIncident, appendEvent } from '../../incidents/index.ts';
import { AppError } from '../../shared/app-error.ts';
import type { Pool } from '../../shared/db.ts';
import { declineEscalation } from '../escalation/decline-escalation.ts';
import { readAct } from '../escalation/stop-escalation.ts';
import type { Answer } from '../render-answer.ts';
import type { Decision } from './decide-reply.ts';

/** What an answer came by; stands in the timeline. */
export type By = 'sms' | 'app' | 'link' | 'api';

export type ActDeps = {
  pool: Pool;
  /** As for any act on an incident: stops what need not be sent any more. */
  onTakenOver: (tx: PoolClient, incidentId: string, now: Date) => Promise<void>;
};

type Actor = { personId: string; by: By; now: Date };

const REASONS: Record<By, string> = {
  sms: 'SMS: false alarm',
  app: 'App: false alarm',
  link: 'Link: false alarm',
  api: 'API: false alarm',
};

/** Takes or dismisses the incident, where that is what was decided; somebody else may have been faster. */
export const takeOrDismiss = async (
  deps: ActDeps,
  { wanted, personId, by, now }: Actor & { wanted: Decision },
): Promise<Decision> => {
  if (wanted.kind !== 'acknowledge' && wanted.kind !== 'dismiss') return wanted;
  try {
    await actOnIncident(deps, {
      incidentId: wanted.incident.incidentId,
      action: wanted.kind,
      actor: `person:${personId}`,
      reason: wanted.kind === 'dismiss' ? REASONS[by] : undefined,
      now,
    });
    return wanted;
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'conflict')) throw error;
    return { kind: 'over', incident: wanted.incident };
  }
};

/** The person cannot come: the next step comes at once. The transaction holds the incident writer's lock. */
export const decline = async (
  tx: PoolClient,
  { incidentId, personId, by, now }: Actor & { incidentId: string },
): Promise<void> => {
  if (!(await declineEscalation(tx, { incidentId, personId, now }))) return;
  const actor = `person:${personId}`;
  await appendEvent(tx, { incidentId, type: 'declined', actor, at: now, data: { by } });
};

export const OUTCOMES: Record<Decision['kind'], string> = {
  acknowledge: 'acknowledged',
  dismiss: 'dismissed',
  decline: 'declined',
  ask_false_alarm: 'asked whether false alarm',
  ask_which: 'asked which',
  over: 'told it is over',
  not_understood: 'not understood',
};

/** Doing what was asked needs no answer; the others do. */
export const answerTo = async (tx: PoolClient, decision: Decision): Promise<Answer | undefined> => {
  switch (decision.kind) {
    case 'acknowledge':
    case 'dismiss':
    case 'decline':
      return undefined;
    case 'ask_which':
      return { kind: 'ask_which', incidents: decision.incidents };
    case 'ask_false_alarm':
    case 'not_understood':
      return { kind: decision.kind, incident: decision.incident };
    case 'over': {
      const { number, news, by } = await readAct(tx, decision.incident.incidentId);
      return news === null || by === null
        ? { kind: 'merged', number }
        : { kind: 'taken_over', number, by, status: news };
    }
  }
};
