import type { Incident } from '../../../src/incidents/incident.ts';
import { findIncident } from '../../../src/incidents/incident-store.ts';
import { listEvents } from '../../../src/incidents/index.ts';
import type { Pool } from '../../../src/shared/db.ts';

/** Rejects when there is none. */
export const incidentOf = async (pool: Pool, id: string): Promise<Incident> => {
  const incident = await findIncident(pool, id);
  if (incident === undefined) throw new Error('no incident');
  return incident;
};

/** Of the events in its timeline, oldest first. */
export const typesOf = async (pool: Pool, incidentId: string): Promise<string[]> =>
  (await listEvents(pool, { incidentId, limit: 100 })).map(({ type }) => type);

/** The timeline forbids deletion, also to tests: incidents of earlier tests are closed instead. */
export const closeIncidents = async (pool: Pool): Promise<void> => {
  await pool.query(
    `update incident set status = 'closed' where status not in ('closed', 'dismissed', 'merged')`,
  );
};
