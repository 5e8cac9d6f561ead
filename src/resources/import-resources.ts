import { AppError } from '../shared/app-error.ts';
import { type Pool, withTransaction } from '../shared/db.ts';
import { checkImport } from './import-check.ts';
import type { ResourceInput } from './resource.ts';
import { lockPersons, type UpsertCounts, upsertResources } from './resource-store.ts';
import { runInSlices } from './slices.ts';

/** Rows in one statement: turning more into JSON at once would hold up the process for longer than a slice. */
const ROWS_PER_STATEMENT = 1_000;

/**
 * Checks a GeoJSON FeatureCollection and stores all of it or nothing. Throws `unprocessable` with one error
 * a mistake, each with the feature's index.
 */
export const importResources = async (
  pool: Pool,
  collection: unknown,
): Promise<UpsertCounts & { ids: string[] }> => {
  const checked = await runInSlices(checkImport(collection));
  if (!checked.ok) throw refused(checked.errors);
  const { resources } = checked;
  // Always the same order, so that two imports at once wait for each other instead of deadlocking.
  const ordered = resources.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return withTransaction(pool, async (tx) => {
    const personIds = new Set(resources.flatMap(({ personId }) => personId ?? []));
    if (personIds.size > 0) {
      const missing = withUnknownPerson(resources, await lockPersons(tx, [...personIds]));
      if (missing.length > 0) throw refused(missing);
    }
    const counts = { created: 0, updated: 0 };
    for (let i = 0; i < ordered.length; i += ROWS_PER_STATEMENT) {
      const part = await upsertResources(tx, ordered.slice(i, i + ROWS_PER_STATEMENT));
      counts.created += part.created;
      counts.updated += part.updated;
    }
    return { ...counts, ids: ordered.map(({ id }) => id) };
  });
};

const withUnknownPerson = (
  resources: readonly ResourceInput[],
  known: ReadonlySet<string>,
): { path: string; message: string }[] =>
  resources.flatMap(({ personId }, index) =>
    personId === null || known.has(personId)
      ? []
      : [
          {
            path: `features[${index}].properties.personId`,
            message: `"${personId}" is not a person; register the person first`,
          },
        ],
  );

const refused = (errors: { path: string; message: string }[]): AppError =>
  new AppError(
    'unprocessable',
    `${errors.length} mistake${errors.length === 1 ? '' : 's'} in the file; nothing was imported`,
    { errors },
  );
