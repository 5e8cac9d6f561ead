export type { IncidentAlert } from './alert.ts';
export { notificationRoutes } from './notification-routes.ts';
export { cancelPending } from './notification-store.ts';
export { createNotify, type Notify, type NotifyDeps } from './notify.ts';
export { writeIncidentNotifications } from './outbox.ts';
export { recordReceipt } from './receipt-store.ts';
