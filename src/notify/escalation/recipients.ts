import {
  type DutyLevel,
  isReachable,
  listPeopleByIds,
  listPeopleByRole,
  type Person,
  type RegionLookup,
  readDuty,
} from '../../people/index.ts';
import type { Queryable } from '../../shared/db.ts';
import { type PolicyTarget, TARGET_LEVELS } from '../../shared/policy.ts';

export type Recipients = {
  people: Person[];
  /** Where they were found; `named`: by the policy itself; `nobody` must be shouted about. */
  dutyLevel: DutyLevel | 'named' | 'nobody';
  /** Ids of persons who should have been told and have no contact that may be used. */
  unreachable: string[];
};

export type RecipientQuery = {
  to: readonly PolicyTarget[];
  regions: Pick<RegionLookup, 'chain' | 'get'>;
  regionId: string;
  now: Date;
};

/**
 * Who a step tells, asked when it fires: who is on duty then. A step that reaches nobody falls through to those who stand
 * in for the officer on duty.
 */
export const readRecipients = async (
  db: Queryable,
  { to, regions, regionId, now }: RecipientQuery,
): Promise<Recipients> => {
  const chain = regions.chain(regionId);
  const found = new Map<string, Person>();
  const unreachable = new Set<string>();
  const add = (people: readonly Person[]): void => {
    for (const person of people) {
      if (isReachable(person)) found.set(person.id, person);
      else unreachable.add(person.id);
    }
  };
  let dutyLevel: Recipients['dutyLevel'] = 'named';
  const addDuty = async (): Promise<void> => {
    const duty = await readDuty(db, chain, now);
    for (const { id } of duty.unreachable) unreachable.add(id);
    dutyLevel = duty.kind;
    if (duty.kind !== 'nobody') add(duty.people);
  };
  for (const target of to) {
    if ('onDuty' in target) await addDuty();
    else if ('personId' in target) add(await listPeopleByIds(db, [target.personId]));
    else if ('role' in target) add(await listPeopleByRole(db, [target.role]));
    else add(await readResponsible(db, from(chain, regions, target.regionLevel)));
  }
  if (found.size === 0) await addDuty();
  return { people: [...found.values()], dutyLevel, unreachable: [...unreachable] };
};

/** Those who can decide, of the nearest region that has one who can be told. */
const readResponsible = async (db: Queryable, chain: readonly string[]): Promise<Person[]> => {
  const leaders = await listPeopleByRole(db, ['duty_officer', 'dispatcher', 'admin']);
  const of = (regionId: string): Person[] =>
    leaders.filter(({ regionIds }) => regionIds.includes(regionId));
  return of(chain.find((regionId) => of(regionId).some(isReachable)) ?? '');
};

/** The chain from a level upwards: what is finer is left out. */
const from = (
  chain: readonly string[],
  regions: Pick<RegionLookup, 'get'>,
  level: (typeof TARGET_LEVELS)[number] | undefined,
): readonly string[] => {
  if (level === undefined) return chain;
  const rank = (regionId: string): number =>
    TARGET_LEVELS.indexOf(regions.get(regionId)?.level ?? 'county');
  return chain.filter((regionId) => rank(regionId) <= TARGET_LEVELS.indexOf(level));
};
