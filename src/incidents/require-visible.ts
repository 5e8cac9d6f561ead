import { AppError } from '../shared/app-error.ts';
import type { Queryable } from '../shared/db.ts';
import type { Incident } from './incident.ts';
import { findIncident } from './incident-store.ts';

/** An incident of a region the user does not see is not there for them. */
export const requireVisible = async (
  db: Queryable,
  id: string,
  regions: ReadonlySet<string> | null,
): Promise<Incident> => {
  const incident = await findIncident(db, id);
  if (incident === undefined || (regions !== null && !regions.has(incident.regionId))) {
    throw new AppError('not_found', `incident "${id}" does not exist`);
  }
  return incident;
};
