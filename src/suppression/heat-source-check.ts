import type { Fault } from '../shared/geometry-check.ts';
import { expiryFaults, fieldsOf, HEAT_SOURCE_LIFETIME } from './layer-check.ts';

/** What a schema cannot tell of a heat source. The body may be anything. */
export const heatSourceFaults = (body: unknown, now: Date): Fault[] => {
  const { lon, lat, expiresAt } = fieldsOf(body);
  const nowhere = lon === 0 && lat === 0;
  return [
    ...(nowhere
      ? [{ path: 'lon', message: '0/0 means an unknown position; give the real one' }]
      : []),
    ...expiryFaults(expiresAt, HEAT_SOURCE_LIFETIME, now),
  ];
};
