import { HfovByZoomSchema, isRisingZoom, type Lens } from '../locate/index.ts';
import { compileSchema } from '../shared/schema.ts';
import type { Device } from './device.ts';

const checkTable = compileSchema(HfovByZoomSchema);

/**
 * What is known of a device's lens, for the field of view at a zoom. A table that is not one, as it may stand in
 * `properties` from before it was checked, is none.
 */
export const lensOf = ({ hfovDeg, properties }: Pick<Device, 'hfovDeg' | 'properties'>): Lens => {
  const checked = checkTable(properties.hfovByZoom);
  return {
    hfovDeg,
    hfovByZoom: checked.ok && isRisingZoom(checked.value) ? checked.value : null,
  };
};

/** What is wrong with a `hfovByZoom` table; undefined = nothing, or there is none. */
export const hfovByZoomMistake = (properties: Record<string, unknown>): string | undefined => {
  const { hfovByZoom } = properties;
  if (hfovByZoom === undefined || hfovByZoom === null) return undefined;
  const checked = checkTable(hfovByZoom);
  if (!checked.ok) {
    const [first] = checked.errors;
    const at = first === undefined || first.path === '/' ? '' : `entry ${first.path}: `;
    return `${at}${first?.message ?? 'is not a table'}; give [[zoom, hfovDeg], …], zoom from 1, hfovDeg between 0 and 180`;
  }
  return isRisingZoom(checked.value)
    ? undefined
    : 'zoom must rise and hfovDeg shrink from each entry to the next';
};
