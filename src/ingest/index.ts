export { deadLetterRoutes } from './dead-letter-routes.ts';
export {
  countDeadLetters,
  type DeadLetter,
  findDeadLetter,
  insertDeadLetter,
  listDeadLetters,
  markReplayed,
} from './dead-letter-store.ts';
export { type Rejected, rejected } from './decoded.ts';
export { type DetectionIntakeDeps, takeDetection } from './detection-intake.ts';
export { detectionRoutes } from './detection-routes.ts';
export { DetectionPayloadSchema } from './dialects/native-schema.ts';
export {
  createIngest,
  type InboundMessage,
  type Ingest,
  type IngestMetrics,
  type Outcome,
} from './ingest.ts';
export { createMqttSource, type MqttSource } from './mqtt-source.ts';
