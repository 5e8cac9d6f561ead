export type { IncidentAlert } from './alert.ts';
export { alertIncident } from './escalation/alert-incident.ts';
export { createEscalator } from './escalation/escalator.ts';
export { policyRoutes } from './escalation/policy-routes.ts';
export { stopEscalation } from './escalation/stop-escalation.ts';
export { notificationRoutes } from './notification-routes.ts';
export { createNotify, type Notify, type NotifyDeps } from './notify.ts';
export { recordReceipt } from './receipt-store.ts';
export { createReplyDesk, type ReplyDesk } from './replies/reply-desk.ts';
