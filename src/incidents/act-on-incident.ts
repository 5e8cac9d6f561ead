import type { PoolClient } from 'pg';
import { AppError } from '../shared/app-error.ts';
import { type Pool, withTransaction } from '../shared/db.ts';
import type { Incident } from './incident.ts';
import { appendEvent, type IncidentEventType } from './incident-event-store.ts';
import { findIncident, lockIncidents, updateStatus } from './incident-store.ts';
import { type IncidentAction, transition } from './lifecycle.ts';

export type Act = {
  incidentId: string;
  action: IncidentAction;
  /** `user:{name}` or `person:{id}`. */
  actor: string;
  /** Required to dismiss; kept with any other act. */
  reason?: string | undefined;
  now: Date;
};

export type ActDeps = {
  pool: Pool;
  /** Stops further sending, in the same transaction: somebody has the incident now. */
  onTakenOver: (tx: PoolClient, incidentId: string, now: Date) => Promise<void>;
};

/**
 * Carries out one act of a person: checks the lifecycle, sets status and time, appends to the timeline,
 * stops what need not be sent any more; all in one transaction. Repeating an act changes nothing.
 * Throws `not_found`, `conflict` (not possible from this status), `bad_request` (dismiss without a reason).
 */
export const actOnIncident = async (deps: ActDeps, act: Act): Promise<Incident> =>
  withTransaction(deps.pool, async (tx) => {
    await lockIncidents(tx);
    const incident = await findIncident(tx, act.incidentId);
    if (incident === undefined)
      throw new AppError('not_found', `incident "${act.incidentId}" does not exist`);
    const result = transition(incident.status, act.action);
    if (result.kind === 'refused') throw new AppError('conflict', result.reason);
    if (result.kind === 'unchanged') return incident;
    const reason = act.reason?.trim() ?? '';
    if (act.action === 'dismiss' && reason === '') {
      throw new AppError(
        'bad_request',
        'dismissing needs a reason, so that the false alarm can be learnt from',
        {
          errors: [{ path: 'reason', message: 'is missing' }],
        },
      );
    }
    const changed = await updateStatus(tx, {
      id: incident.id,
      status: result.status,
      at: act.now,
      reason: act.action === 'dismiss' ? reason : null,
    });
    await appendEvent(tx, {
      incidentId: incident.id,
      // A status reached by a person's act is an event of the same name.
      type: result.status as IncidentEventType,
      actor: act.actor,
      at: act.now,
      data: { old: incident.status, new: result.status, ...(reason === '' ? {} : { reason }) },
    });
    await deps.onTakenOver(tx, incident.id, act.now);
    return changed;
  });
