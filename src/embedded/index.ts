export { createEmbeddedBroker, type EmbeddedBroker } from './broker.ts';
export type { BrokerMessage } from './broker-access.ts';
export { createEmbeddedPostgres, type EmbeddedPostgres } from './postgres.ts';
export { makeWritable } from './postgres-place.ts';
export { runningPostgres } from './running-postgres.ts';
