export { createDahuaClient } from './dahua-client.ts';
export { createDahuaClients } from './dahua-clients.ts';
export { deadLetterRoutes } from './dead-letter-routes.ts';
export { insertDeadLetter } from './dead-letter-store.ts';
export { type Rejected, rejected } from './decoded.ts';
export { type DetectionIntakeDeps, takeDetection } from './detection-intake.ts';
export { detectionRoutes } from './detection-routes.ts';
export { createDeviceEventKeeper } from './device-event-keeper.ts';
export { deviceEventRoutes } from './device-event-routes.ts';
export { insertDeviceEvent } from './device-event-store.ts';
export { createDjiGateway, type DjiGateway } from './dji-gateway.ts';
export { equipmentRoutes } from './equipment-routes.ts';

export {
  createIngest,
  type Ingest,
  type Outcome,
} from './ingest.ts';
export type { IngestSinks } from './ingest-sinks.ts';
export { laserTargetRoutes } from './laser-target-routes.ts';
export { createMavlinkReceiver, type MavlinkReceiver } from './mavlink-receiver.ts';
export { createMavlinkUdp } from './mavlink-udp.ts';
export { createMqttSource } from './mqtt-source.ts';
export { parseMultipart } from './multipart.ts';
export { groundHeightOf } from './observer.ts';
