import { isReachable, type Person } from '../../people/index.ts';
import { ACCESS_ROLES, type AccessRole } from '../../shared/http.ts';
import { POLICY_CHANNELS, policyFaults, TARGET_LEVELS } from '../../shared/policy.ts';
import type { PolicyBody } from './policy-body.ts';

/** What a policy is checked against. */
export type KnownWorld = {
  hasRegion(id: string): boolean;
  /** Every person the policy names that exists, and everybody with a role. */
  people: readonly Person[];
};

type FieldError = { path: string; message: string };

/** Every fault of a policy, each with the field it is in; empty when people would be told by it. */
export const checkPolicy = (policy: PolicyBody, world: KnownWorld): FieldError[] => {
  const errors: FieldError[] = [];
  const fault = (path: string, message: string): void => void errors.push({ path, message });
  policy.regionIds.forEach((id, index) => {
    if (!world.hasRegion(id)) {
      fault(`regionIds[${index}]`, `region "${id}" does not exist; import it`);
    }
  });
  errors.push(...policyFaults(policy));
  policy.steps.forEach(({ to, channels }, step) => {
    channels.forEach((channel, index) => {
      if (!isOneOf(POLICY_CHANNELS, channel)) {
        fault(
          `steps[${step}].channels[${index}]`,
          `"${channel}" is not one of ${POLICY_CHANNELS.join(', ')}`,
        );
      }
    });
    to.forEach((target, index) => {
      const message = targetFault(target, world);
      if (message !== undefined) fault(`steps[${step}].to[${index}]${message.at}`, message.text);
    });
  });
  if (errors.length === 0 && !world.people.some(isReachable)) {
    fault('steps', 'reach nobody: no person has a contact that may be used; register one first');
  }
  return errors;
};

type TargetFault = { at: string; text: string } | undefined;

const targetFault = (
  target: PolicyBody['steps'][number]['to'][number],
  { people }: KnownWorld,
): TargetFault => {
  const { role, personId, regionLevel } = target;
  const kinds = ['onDuty', 'role', 'personId', 'responsible'].filter((kind) => kind in target);
  if (kinds.length !== 1) {
    const given = kinds.length === 0 ? 'nothing' : kinds.join(' and ');
    return { at: '', text: `says ${given}; write one of onDuty, role, personId, responsible` };
  }
  if (regionLevel !== undefined && target.responsible === undefined) {
    return { at: '.regionLevel', text: 'goes with responsible only' };
  }
  if (regionLevel !== undefined && !isOneOf(TARGET_LEVELS, regionLevel)) {
    return {
      at: '.regionLevel',
      text: `"${regionLevel}" is not one of ${TARGET_LEVELS.join(', ')}`,
    };
  }
  if (personId !== undefined) return personFault(personId, people);
  return role === undefined ? undefined : roleFault(role, people);
};

const personFault = (personId: string, people: readonly Person[]): TargetFault => {
  const person = people.find(({ id }) => id === personId);
  if (person === undefined) {
    return { at: '.personId', text: `person "${personId}" does not exist` };
  }
  return isReachable(person)
    ? undefined
    : { at: '.personId', text: `reaches nobody: ${person.name} has no contact that may be used` };
};

const roleFault = (role: string, people: readonly Person[]): TargetFault => {
  if (!isOneOf(ACCESS_ROLES, role)) {
    return { at: '.role', text: `"${role}" is not one of ${ACCESS_ROLES.join(', ')}` };
  }
  const has = (person: Person): boolean => person.roles.includes(role satisfies AccessRole);
  return people.some((person) => has(person) && isReachable(person))
    ? undefined
    : { at: '.role', text: `reaches nobody: no ${role} has a contact that may be used` };
};

const isOneOf = <T extends string>(list: readonly T[], text: string): text is T =>
  list.some((item) => item === text);
