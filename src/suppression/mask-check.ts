import type { Fault } from '../shared/geometry-check.ts';
import { expiryFaults, fieldsOf, MASK_LIFETIME } from './layer-check.ts';

/** What a schema cannot tell of a view mask. The body may be anything. */
export const maskFaults = (body: unknown, now: Date): Fault[] => {
  const { azimuthFromDeg, azimuthToDeg, reason, note, expiresAt } = fieldsOf(body);
  const { elevationFromDeg = -90, elevationToDeg = 90 } = fieldsOf(body);
  const faults: Fault[] = [];
  if (typeof azimuthFromDeg === 'number' && azimuthFromDeg === azimuthToDeg) {
    const message = 'equals azimuthFromDeg and masks nothing; the whole circle is 0 to 360';
    faults.push({ path: 'azimuthToDeg', message });
  }
  const elevations = typeof elevationFromDeg === 'number' && typeof elevationToDeg === 'number';
  if (elevations && elevationToDeg <= elevationFromDeg) {
    faults.push({ path: 'elevationToDeg', message: 'must be above elevationFromDeg' });
  }
  if (reason === 'other' && (typeof note !== 'string' || note.trim() === '')) {
    faults.push({ path: 'note', message: 'is required with reason other: what is seen there?' });
  }
  return [...faults, ...expiryFaults(expiresAt, MASK_LIFETIME, now)];
};
