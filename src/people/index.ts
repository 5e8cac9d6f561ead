export { contactRoutes } from './contact-routes.ts';
export {
  disableContacts,
  enableContacts,
  listPhoneContacts,
  type OwnedContact,
} from './contact-store.ts';
export { type DutyLevel, isReachable } from './duty.ts';
export { readDuty } from './find-duty.ts';
export { findRegions } from './find-regions.ts';
export { maskAddress, seesAddresses } from './mask-address.ts';
export { listOnDutyIds } from './on-duty.ts';
export { ensureWebPushContact } from './own-contact-store.ts';
export type { Contact, ContactChannel, Locale, Person } from './person.ts';
export { personRoutes } from './person-routes.ts';
export { listPeopleByIds, listPeopleByRole } from './person-store.ts';
export { normalizePhone } from './phone.ts';
export {
  createRegionIndex,
  createRegionLookup,
  type RegionIndex,
  type RegionLookup,
} from './region-index.ts';
export { regionRoutes } from './region-routes.ts';
export { hideSecret, splitSecret } from './robot-address.ts';
export { dutyRoutes } from './roster/duty-routes.ts';
export { createGapCheck, type ToldGap } from './roster/gap-check.ts';
export { leaveRoutes } from './roster/leave-routes.ts';
export { overrideRoutes } from './roster/override-routes.ts';
export { rosterRoutes } from './roster/roster-routes.ts';
export { shiftImportRoutes } from './shift-import/import-routes.ts';
export { shiftRoutes } from './shift-routes.ts';
export { usableContacts } from './usable-contacts.ts';
export { confirmCode, type SendCode } from './verify-contact.ts';
export { visibleRegions } from './visible-regions.ts';
