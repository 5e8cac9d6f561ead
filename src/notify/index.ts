export type { DetectionKind, IncidentAlert } from './alert.ts';
export type { OnGivenUp } from './given-up.ts';
export { notificationRoutes } from './notification-routes.ts';
export { cancelPending } from './notification-store.ts';
export type { NotifyMetrics } from './notification-worker.ts';
export { createNotify, type Notify, type NotifyDeps } from './notify.ts';
export { type WrittenNotifications, writeIncidentNotifications } from './outbox.ts';
export { recordReceipt } from './receipt-store.ts';
