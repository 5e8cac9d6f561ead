export { DUTY_LEVELS, type Duty, type DutyLevel, findDuty } from './duty.ts';
export { readDuty } from './find-duty.ts';
export { maskAddress, seesAddresses } from './mask-address.ts';
export type { Contact, ContactChannel, Locale, Person } from './person.ts';
export { personRoutes } from './person-routes.ts';
export { findPerson } from './person-store.ts';
export { normalizePhone } from './phone.ts';
export { DEFAULT_REGION_ID, type Region, type RegionGeometry, type RegionLevel } from './region.ts';
export {
  createRegionIndex,
  createRegionLookup,
  type RegionIndex,
  type RegionLookup,
} from './region-index.ts';
export { regionRoutes } from './region-routes.ts';
export { shiftRoutes } from './shift-routes.ts';
export { concerningRegions, visibleRegions } from './visible-regions.ts';
