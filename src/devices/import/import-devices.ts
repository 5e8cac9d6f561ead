import { AppError } from '../../shared/app-error.ts';
import type { CsvFault } from '../../shared/csv.ts';
import { type Queryable, withTransaction } from '../../shared/db.ts';
import { toJsonb } from '../../shared/safe-json.ts';
import { listLogins, lockLogins } from '../credential-store.ts';
import type { Device } from '../device.ts';
import { listAllDevices } from '../device-store.ts';
import { type RegisterDeps, storeChange, storeNew } from '../register-device.ts';
import { createSecret } from '../secret.ts';
import type { Datum } from './device-columns.ts';
import { readDeviceTable } from './device-table.ts';
import { type PlannedDevice, planDeviceImport } from './plan-device-import.ts';
import { readDeviceLine } from './read-device-line.ts';

/** As many as one answer can usefully name. */
const MAX_FAULTS = 200;

export type DeviceImportRequest = {
  bytes: Uint8Array;
  /** Of positions whose row does not say it. */
  datum: Datum;
  upsert: boolean;
  /** Say what would be done, and do nothing. */
  dryRun: boolean;
};

export type ImportedDevice = {
  line: number;
  device: Device;
  outcome: 'registered' | 'changed' | 'unchanged';
  /** Of its MQTT login, this once; null where it has one already, and in a dry run. */
  secret: string | null;
};

/**
 * Registers the devices of a CSV file, in the order of its lines; all or nothing. Throws `unprocessable` that names
 * every line and column with a fault.
 */
export const importDevices = async (
  deps: RegisterDeps,
  { bytes, datum, upsert, dryRun }: DeviceImportRequest,
): Promise<ImportedDevice[]> => {
  const table = readDeviceTable(bytes);
  if (!table.ok) throw unprocessable(table.faults);
  const lines = table.lines.map((line) => ({ ...readDeviceLine(line, datum), line: line.line }));
  return withTransaction(deps.pool, async (tx) => {
    await lockLogins(tx);
    const devices = await listAllDevices(tx);
    const { planned, faults } = planDeviceImport({
      bodies: lines,
      known: new Map(devices.map((device) => [device.id, device])),
      taken: new Set((await listLogins(tx)).keys()),
      regions: deps,
      upsert,
    });
    const all = [...lines.flatMap((line) => line.faults), ...faults];
    if (all.length > 0) throw unprocessable(all);
    const imported: ImportedDevice[] = [];
    for (const row of planned) imported.push(await store(tx, row, dryRun));
    return imported.toSorted((a, b) => a.line - b.line);
  });
};

const store = async (
  tx: Queryable,
  { line, device, current, change }: PlannedDevice,
  dryRun: boolean,
): Promise<ImportedDevice> => {
  if (current === null) {
    const secret = dryRun ? null : createSecret();
    if (secret !== null) await storeNew(tx, device, secret);
    return { line, device, outcome: 'registered', secret };
  }
  if (toJsonb(device) === toJsonb(current)) {
    return { line, device, outcome: 'unchanged', secret: null };
  }
  if (!dryRun) await storeChange(tx, { current, device, change });
  return { line, device, outcome: 'changed', secret: null };
};

const unprocessable = (faults: readonly CsvFault[]): AppError =>
  new AppError('unprocessable', `${faults.length} fault(s) in the file; nothing was imported`, {
    errors: faults.slice(0, MAX_FAULTS),
  });
