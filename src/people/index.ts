export { type DutyLevel, isReachable } from './duty.ts';
export { readDuty } from './find-duty.ts';
export { maskAddress, seesAddresses } from './mask-address.ts';
export type { Contact, ContactChannel, Locale, Person } from './person.ts';
export { personRoutes } from './person-routes.ts';
export { listPeopleByIds, listPeopleByRole } from './person-store.ts';
export {
  createRegionIndex,
  createRegionLookup,
  type RegionIndex,
  type RegionLookup,
} from './region-index.ts';
export { regionRoutes } from './region-routes.ts';
export { shiftRoutes } from './shift-routes.ts';
export { visibleRegions } from './visible-regions.ts';
