import type { DeviceWithState } from '../devices/index.ts';

export type Admission =
  | { kind: 'register' }
  | { kind: 'renew' }
  | { kind: 'refused'; code: 'forbidden' | 'conflict'; reason: string };

/** DJI's domain of controllers; 3 is docks. */
const CONTROLLER_MODEL = /^2-/;

/**
 * Whether somebody who may fly may log this controller in. It gets a new secret by that, which cuts off whoever holds the
 * old one: so only what is known to be a controller is given one, never a dock, and never one whose login an admin
 * revoked. Pure.
 */
export const admitController = (
  known: Pick<DeviceWithState, 'id' | 'kind' | 'properties' | 'revoked'> | undefined,
  isVisible: boolean,
): Admission => {
  if (known === undefined) return { kind: 'register' };
  const { id, kind, properties, revoked } = known;
  if (!isVisible) {
    return { kind: 'refused', code: 'forbidden', reason: `"${id}" is of a region you do not see` };
  }
  const { controller, modelKey } = properties;
  const isController =
    controller === true || (typeof modelKey === 'string' && CONTROLLER_MODEL.test(modelKey));
  if (kind !== 'dock' || !isController) {
    const reason = `"${id}" is not registered as a controller; an admin says so with {"controller": true}`;
    return { kind: 'refused', code: 'conflict', reason };
  }
  return revoked
    ? {
        kind: 'refused',
        code: 'conflict',
        reason: `the login of "${id}" was revoked; an admin admits it again with a new secret`,
      }
    : { kind: 'renew' };
};
