export { availabilityRoutes } from './availability-routes.ts';
export type { DaySummary } from './day-summary.ts';
export { createHealthBook, type HealthBook } from './health-book.ts';
export { countByStatus } from './health-store.ts';
export { createHealthSweep, type DeviceNews } from './health-sweep.ts';
