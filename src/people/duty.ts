import type { Person } from './person.ts';

/** Where an answer to "who is on duty" came from, best first. */
export const DUTY_LEVELS = ['on_duty', 'responsible', 'any_duty_officer', 'admins'] as const;
export type DutyLevel = (typeof DUTY_LEVELS)[number];

export type ShiftSpan = {
  personId: string;
  regionId: string;
  /** Inclusive. */
  from: Date;
  /** Exclusive: at the handover one person is on duty, not two. */
  to: Date;
};

export type DutyInput = {
  /** The incident's region, its parents upwards, `default`. */
  regionChain: readonly string[];
  shifts: readonly ShiftSpan[];
  people: readonly Person[];
  /** Persons on leave now: told only when nobody else can be. */
  onLeave?: ReadonlySet<string>;
  now: Date;
};

/**
 * `unreachable`: persons of this level and of those passed over who have no contact that may be used; somebody
 * should know. `nobody` only when no person in the whole service can be told.
 */
export type Duty =
  | { kind: DutyLevel; people: Person[]; unreachable: Person[] }
  | { kind: 'nobody'; unreachable: Person[] };

export const isReachable = (person: Person): boolean =>
  person.contacts.some((contact) => contact.disabledAt === null);

/**
 * Who is told of a fire at an instant: those with a shift in any region of the chain; else duty officers responsible
 * for one of them; else every duty officer; else the admins. A level whose people all lack a contact counts as
 * empty: an officer who cannot be told is no officer on duty. Persons on leave are left in peace unless there is nobody else.
 */
export const findDuty = (input: DutyInput): Duty => {
  const { people: everybody, onLeave = new Set() } = input;
  const working = everybody.filter(({ id }) => !onLeave.has(id));
  const duty = findAmong({ ...input, people: working });
  return duty.kind === 'nobody' && onLeave.size > 0 ? findAmong(input) : duty;
};

const findAmong = (input: DutyInput): Duty => {
  const unreachable = new Map<string, Person>();
  for (const kind of DUTY_LEVELS) {
    const candidates = candidatesAt(kind, input);
    for (const person of candidates) if (!isReachable(person)) unreachable.set(person.id, person);
    const people = candidates.filter(isReachable);
    if (people.length > 0) return { kind, people, unreachable: [...unreachable.values()] };
  }
  return { kind: 'nobody', unreachable: [...unreachable.values()] };
};

const candidatesAt = (level: DutyLevel, input: DutyInput): Person[] => {
  const { regionChain, shifts, people, now } = input;
  switch (level) {
    case 'on_duty': {
      const onDuty = new Set(
        shifts
          .filter((s) => s.from <= now && now < s.to && regionChain.includes(s.regionId))
          .map((s) => s.personId),
      );
      return people.filter((person) => onDuty.has(person.id));
    }
    case 'responsible':
      return people.filter(
        (person) =>
          person.roles.includes('duty_officer') &&
          person.regionIds.some((id) => regionChain.includes(id)),
      );
    case 'any_duty_officer':
      return people.filter((person) => person.roles.includes('duty_officer'));
    case 'admins':
      return people.filter((person) => person.roles.includes('admin'));
  }
};
