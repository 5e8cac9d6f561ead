import type { PoolClient } from 'pg';
import { createSecret } from '../../devices/index.ts';
import { AppError } from '../../shared/app-error.ts';
import { type Pool, withTransaction } from '../../shared/db.ts';
import type { Locale, Person } from '../person.ts';
import { listPeopleByIds } from '../person-store.ts';
import type { RegionLookup } from '../region-index.ts';
import { storePerson } from '../write-person.ts';
import { countImported, findCandidateIds, lockRegion, replaceImported } from './import-store.ts';
import { type Newcomer, nameKey } from './match-people.ts';
import { type PlannedShift, planImport } from './plan-import.ts';
import { type ReadContext, type RosterRow, readRows } from './read-rows.ts';
import { type ImportFault, readRosterTable } from './roster-table.ts';

/** As many as one answer can usefully name. */
const MAX_FAULTS = 100;

export type ImportDeps = { pool: Pool; regions: RegionLookup; defaultLocale: Locale };
export type ImportRequest = ReadContext & {
  bytes: Uint8Array;
  regionId: string;
  createPeople: boolean;
  /** Say what would be done, and do nothing. */
  dryRun: boolean;
};

/** `personId` is null in a dry run for who would be registered. */
export type NamedShift = {
  line: number;
  personId: string | null;
  name: string;
  from: Date;
  to: Date;
  month: string;
};

export type ImportedRoster = {
  /** `yyyy-mm-01`. */
  months: string[];
  shifts: NamedShift[];
  /** How many shifts imported before for these months gave way. */
  replaced: number;
  created: { personId: string | null; name: string; phone: string }[];
  warnings: ImportFault[];
};

/**
 * Writes a month's roster in the place of what was imported for that month and region before; all or nothing. Throws
 * `unprocessable` that names every line with a fault.
 */
export const importShifts = async (
  deps: ImportDeps,
  request: ImportRequest,
): Promise<ImportedRoster> => {
  const rows = readFile(request);
  return withTransaction(deps.pool, async (tx) => {
    const { regionId, createPeople, dryRun } = request;
    if (!(await lockRegion(tx, regionId))) {
      throw unprocessable([{ path: 'regionId', message: `region "${regionId}" does not exist` }]);
    }
    const candidates = await readCandidates(tx, rows);
    const concerned = new Set([
      ...deps.regions.chain(regionId),
      ...deps.regions.descendants([regionId]),
    ]);
    const concerns = ({ regionIds }: Person): boolean =>
      regionIds.length === 0 || regionIds.some((id) => concerned.has(id));
    const plan = planImport({ rows, candidates, concerns, createPeople });
    if (!plan.ok) throw unprocessable(plan.faults);

    const months = [...new Set(rows.map(({ month }) => month))].sort();
    const replaced = await countImported(tx, regionId, months);
    const register = { regionId, locale: deps.defaultLocale };
    const ids = dryRun ? new Map() : await registerNewcomers(tx, plan.newcomers, register);
    const shifts = namedShifts(plan, { candidates, ids });
    if (!dryRun)
      await replaceImported(tx, regionId, { months, shifts: shifts.filter(isOfSomebody) });
    const created = plan.newcomers.map(({ name, e164 }) => {
      return { personId: ids.get(e164) ?? null, name, phone: e164 };
    });
    return { months, shifts, replaced, created, warnings: plan.warnings };
  });
};

const readFile = (request: ImportRequest): RosterRow[] => {
  const table = readRosterTable(request.bytes);
  if (!table.ok) throw unprocessable(table.faults);
  const { rows, faults } = readRows(table.rows, request);
  if (faults.length > 0) throw unprocessable(faults);
  return rows;
};

const readCandidates = async (tx: PoolClient, rows: readonly RosterRow[]): Promise<Person[]> => {
  const phones = rows.flatMap(({ e164 }) => (e164 === null ? [] : [e164]));
  const names = rows.map(({ name }) => nameKey(name));
  return listPeopleByIds(tx, await findCandidateIds(tx, { phones, names }));
};

/** Person ids by phone number. An admin vouches for the numbers: they count as verified. */
const registerNewcomers = async (
  tx: PoolClient,
  newcomers: readonly Newcomer[],
  { regionId, locale }: { regionId: string; locale: Locale },
): Promise<Map<string, string>> => {
  const ids = new Map<string, string>();
  for (const { name, e164 } of newcomers) {
    const contacts = [{ channel: 'sms', address: e164, verified: true } as const];
    const { id } = await storePerson(tx, {
      name,
      roles: ['duty_officer'],
      locale,
      regionIds: [regionId],
      contacts,
      mqttSecret: createSecret(),
    });
    ids.set(e164, id);
  }
  return ids;
};

const namedShifts = (
  { shifts, newcomers }: { shifts: readonly PlannedShift[]; newcomers: readonly Newcomer[] },
  { candidates, ids }: { candidates: readonly Person[]; ids: ReadonlyMap<string, string> },
): NamedShift[] => {
  const known = new Map(candidates.map(({ id, name }) => [id, name]));
  const fresh = new Map(newcomers.map(({ e164, name }) => [e164, name]));
  return shifts.map(({ who, ...shift }) =>
    'personId' in who
      ? { ...shift, personId: who.personId, name: known.get(who.personId) ?? who.personId }
      : {
          ...shift,
          personId: ids.get(who.newcomer) ?? null,
          name: fresh.get(who.newcomer) ?? who.newcomer,
        },
  );
};

const isOfSomebody = (shift: NamedShift): shift is NamedShift & { personId: string } =>
  shift.personId !== null;

const unprocessable = (faults: readonly ImportFault[]): AppError =>
  new AppError('unprocessable', `${faults.length} fault(s) in the file; nothing was imported`, {
    errors: faults.slice(0, MAX_FAULTS),
  });
