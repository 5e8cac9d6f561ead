export { deadLetterRoutes } from './dead-letter-routes.ts';
export { insertDeadLetter } from './dead-letter-store.ts';
export { rejected } from './decoded.ts';
export { type DetectionIntakeDeps, takeDetection } from './detection-intake.ts';
export { detectionRoutes } from './detection-routes.ts';
export { equipmentRoutes } from './equipment-routes.ts';

export {
  createIngest,
  type Ingest,
} from './ingest.ts';
export { createMqttSource } from './mqtt-source.ts';
export { groundHeightOf } from './observer.ts';
