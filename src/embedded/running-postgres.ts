import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { choosePlace } from './postgres-place.ts';
import { isPostgresOf } from './process-info.ts';
import { socketUrl } from './socket-url.ts';

/**
 * How to reach the embedded PostgreSQL that a service is running on this DATA_DIR; undefined when none runs. Only the user
 * it runs as (and root) can.
 */
export const runningPostgres = (dataDir: string): string | undefined => {
  const { pgData } = choosePlace(dataDir);
  // https://www.postgresql.org/docs/current/storage-file-layout.html: pid, data, start, port, socket folder, address, memory, state
  const [pid = '', , , port = '', socketDir = '', , , state = ''] = linesOf(
    join(pgData, 'postmaster.pid'),
  );
  if (state.trim() !== 'ready' || !isPostgresOf(Number(pid), pgData)) return undefined;
  return socketUrl({ port: port.trim(), socketDir });
};

const linesOf = (file: string): string[] => {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
};
