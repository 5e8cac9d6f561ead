import { isReachable, listPeopleByRole, type Person } from '../people/index.ts';
import type { Queryable } from '../shared/db.ts';

/** Who is told that something is wrong with the service or the roster: the admins; where none can be, all who can act. */
export const readWatchers = async (db: Queryable): Promise<Person[]> => {
  const admins = (await listPeopleByRole(db, ['admin'])).filter(isReachable);
  if (admins.length > 0) return admins;
  return (await listPeopleByRole(db, ['duty_officer', 'dispatcher'])).filter(isReachable);
};
