import type { Person } from '../person.ts';
import type { RosterRow } from './read-rows.ts';
import type { ImportFault } from './roster-table.ts';

export type MatchInput = {
  rows: readonly RosterRow[];
  /** All that have one of the phone numbers or names of the rows. */
  candidates: readonly Person[];
  /** Whether a person has to do with the region the roster is for: a name is looked for among these. */
  concerns: (person: Person) => boolean;
  createPeople: boolean;
};

/** Somebody to be registered, and the lines he or she is in. */
export type Newcomer = { name: string; e164: string; lines: number[] };

export type Match = {
  /** By line. */
  personIds: Map<number, string>;
  newcomers: Newcomer[];
  faults: ImportFault[];
  warnings: ImportFault[];
};

type Found =
  | { kind: 'known'; person: Person; warning?: string }
  | { kind: 'unknown' }
  | { kind: 'fault'; column: 'name' | 'phone'; message: string };

/** Who is meant in each line: by phone number; if nobody has it (or none is given), by a name only one person has. */
export const matchPeople = (input: MatchInput): Match => {
  const match: Match = { personIds: new Map(), newcomers: [], faults: [], warnings: [] };
  const warned = new Set<string>();
  for (const row of input.rows) {
    const found = findInRow(row, input);
    if (found.kind === 'known') {
      match.personIds.set(row.line, found.person.id);
      // The same name and number stand in many lines; told once is enough.
      if (found.warning !== undefined && !warned.has(found.warning)) {
        warned.add(found.warning);
        match.warnings.push({ path: `lines[${row.line}]`, message: found.warning });
      }
    } else if (found.kind === 'fault') {
      const { column, message } = found;
      match.faults.push({ path: `lines[${row.line}].${column}`, message });
    } else {
      const fault = addNewcomer(match.newcomers, row, input.createPeople);
      if (fault !== undefined) match.faults.push(fault);
    }
  }
  return match;
};

const findInRow = (row: RosterRow, { candidates, concerns }: MatchInput): Found => {
  const { name, e164 } = row;
  const byPhone = e164 === null ? [] : candidates.filter((person) => hasPhone(person, e164));
  const exact = byPhone.filter((person) => sameName(person.name, name));
  const [first] = exact.length > 0 ? exact : byPhone;
  if (first !== undefined) {
    if ((exact.length > 0 ? exact : byPhone).length > 1) {
      const ids = byPhone.map(({ id }) => id).join(', ');
      const message = `${e164} is the number of several persons (${ids}); keep it with one of them`;
      return { kind: 'fault', column: 'phone', message };
    }
    if (exact.length > 0) return { kind: 'known', person: first };
    const warning = `${e164} is registered for ${first.name} (${first.id}), the file says ${name}: ${first.name} is put on duty`;
    return { kind: 'known', person: first, warning };
  }
  const namesakes = candidates.filter((person) => sameName(person.name, name) && concerns(person));
  const [only] = namesakes;
  if (only === undefined) return { kind: 'unknown' };
  if (namesakes.length > 1) {
    const ids = namesakes.map(({ id }) => id).join(', ');
    const message = `several persons are called ${name} (${ids}); give the registered phone number of the one who is meant`;
    return { kind: 'fault', column: 'name', message };
  }
  if (e164 === null) return { kind: 'known', person: only };
  const warning = `${name} (${only.id}) is registered, but not with ${e164}: alerts go to the contacts registered`;
  return { kind: 'known', person: only, warning };
};

const addNewcomer = (
  newcomers: Newcomer[],
  { line, name, e164 }: RosterRow,
  createPeople: boolean,
): ImportFault | undefined => {
  if (!createPeople) {
    const message = `${name} is not registered; register them (POST /api/v1/people) or import with createPeople=true`;
    return { path: `lines[${line}].name`, message };
  }
  if (e164 === null) {
    const message = `is empty and ${name} is not registered; write the number to register them with`;
    return { path: `lines[${line}].phone`, message };
  }
  const known = newcomers.find((newcomer) => newcomer.e164 === e164);
  if (known === undefined) newcomers.push({ name, e164, lines: [line] });
  else if (sameName(known.name, name)) known.lines.push(line);
  else {
    const message = `${e164} is that of ${known.name} in line ${known.lines[0]}; correct one of them`;
    return { path: `lines[${line}].phone`, message };
  }
  return undefined;
};

const hasPhone = (person: Person, e164: string): boolean =>
  person.contacts.some(
    ({ channel, address }) => (channel === 'sms' || channel === 'voice') && address === e164,
  );

/** Rosters set short names wide, with an ideographic space between. */
export const nameKey = (name: string): string => name.replaceAll(/\s/g, '');
const sameName = (a: string, b: string): boolean => nameKey(a) === nameKey(b);
