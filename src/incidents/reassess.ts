import type { Clock } from '../shared/clock.ts';
import { withTransaction } from '../shared/db.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';
import { createRepeating } from '../shared/repeating.ts';
import { assessIncident, type IncidentDeps } from './assess-incident.ts';
import { newestSeen } from './detection-store.ts';
import { findIncident, listUnjudged, lockIncidents } from './incident-store.ts';

export type Reassessor = Part & {
  /** Looks at every incident nobody has judged yet, at once: a layer was entered, changed or cancelled. */
  now(): Promise<void>;
};

/** A permitted burn that ends at 18:00 is alerted by 18:00:30 when it still smokes. */
const EVERY_MS = 30_000;

/**
 * Suppression ends by itself (a burn's window closes, a mask expires) and by people's hand, and then those on duty
 * must hear of what was held down. So incidents that are held down are looked at anew every half minute.
 */
export const createReassessor = (
  deps: IncidentDeps & { clock: Clock; logger: Logger },
  everyMs = EVERY_MS,
): Reassessor => {
  const assessAll = async (only: 'suppressed' | 'all'): Promise<void> => {
    for (const id of await listUnjudged(deps.pool, only)) await assessOne(deps, id);
  };
  const loop = createRepeating('reassessor', async () => {
    await assessAll('suppressed').catch((error: unknown) =>
      deps.logger.error({ err: error }, 'suppressed incidents could not be assessed anew'),
    );
    return everyMs;
  });
  return { ...loop, now: () => assessAll('all') };
};

const assessOne = async (deps: IncidentDeps & { clock: Clock }, id: string): Promise<void> =>
  withTransaction(deps.pool, async (tx) => {
    await lockIncidents(tx);
    const incident = await findIncident(tx, id);
    const seen = await newestSeen(tx, id);
    if (incident === undefined || seen === undefined) return;
    const now = deps.clock.now();
    await assessIncident(deps, tx, { incident, seen, actor: 'system', now });
  });
