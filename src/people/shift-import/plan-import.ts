import { type MatchInput, matchPeople, type Newcomer } from './match-people.ts';
import type { RosterRow } from './read-rows.ts';
import type { ImportFault } from './roster-table.ts';

/** A shift to be written; the person is known, or the newcomer of this number. */
export type PlannedShift = {
  line: number;
  who: { personId: string } | { newcomer: string };
  from: Date;
  to: Date;
  month: string;
};

export type ImportPlan =
  | { ok: true; shifts: PlannedShift[]; newcomers: Newcomer[]; warnings: ImportFault[] }
  | { ok: false; faults: ImportFault[] };

/** What an import will write, or everything that keeps it from being written. */
export const planImport = (input: MatchInput): ImportPlan => {
  const { personIds, newcomers, faults, warnings } = matchPeople(input);
  const shifts = input.rows.flatMap((row): PlannedShift[] => {
    const { line, e164, from, to, month } = row;
    const personId = personIds.get(line);
    if (personId !== undefined) return [{ line, who: { personId }, from, to, month }];
    return e164 === null ? [] : [{ line, who: { newcomer: e164 }, from, to, month }];
  });
  const all = [...faults, ...overlapsOf(shifts, input.rows)];
  return all.length > 0
    ? { ok: false, faults: all.sort((a, b) => lineOf(a) - lineOf(b)) }
    : { ok: true, shifts, newcomers, warnings };
};

/** A person cannot have two shifts at once in one region: one of the lines is wrong. */
const overlapsOf = (shifts: readonly PlannedShift[], rows: readonly RosterRow[]): ImportFault[] => {
  const latest = new Map<string, PlannedShift>();
  const faults: ImportFault[] = [];
  for (const shift of [...shifts].sort((a, b) => a.from.getTime() - b.from.getTime())) {
    const key = 'personId' in shift.who ? shift.who.personId : shift.who.newcomer;
    const before = latest.get(key);
    if (before !== undefined && shift.from < before.to) {
      const [one, other] = [before.line, shift.line].sort((a, b) => a - b);
      const name = rows.find(({ line }) => line === shift.line)?.name ?? key;
      faults.push({
        path: `lines[${other}].shift`,
        message: `${name} has a shift at that time in line ${one}; remove or correct one of them`,
      });
    }
    if (before === undefined || shift.to > before.to) latest.set(key, shift);
  }
  return faults;
};

const lineOf = ({ path }: ImportFault): number => Number(/\d+/.exec(path)?.[0] ?? 0);
