export {
  createEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './postgres.ts';
export { makeWritable } from './postgres-place.ts';
