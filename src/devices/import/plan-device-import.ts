import type { CsvFault } from '../../shared/csv.ts';
import { compileSchema } from '../../shared/schema.ts';
import { checkDevice, mergeChange, type Regions } from '../check-device.ts';
import { type Device, type DeviceRegistration, DeviceRegistrationSchema } from '../device.ts';
import type { LineBody } from './read-device-line.ts';

export type PlanInput = {
  bodies: readonly { line: number; body: LineBody }[];
  /** All that are registered, and ids that persons have. */
  known: ReadonlyMap<string, Device>;
  taken: ReadonlySet<string>;
  regions: Regions;
  /** Change what is registered already, instead of refusing it. */
  upsert: boolean;
};

/** One line, understood. `current` is null for a device to be registered. */
export type PlannedDevice = {
  line: number;
  device: Device;
  current: Device | null;
  change: DeviceRegistration;
};

const checkBody = compileSchema(DeviceRegistrationSchema);

/** What the file would do: new devices, those they hang on first; and everything that is wrong with it. Pure. */
export const planDeviceImport = (
  input: PlanInput,
): { planned: PlannedDevice[]; faults: CsvFault[] } => {
  const planned: PlannedDevice[] = [];
  const faults: CsvFault[] = [];
  const lineOf = new Map<string, number>();
  for (const { line, body } of input.bodies) {
    const { id } = body;
    const first = typeof id === 'string' ? lineOf.get(id) : undefined;
    const result =
      first === undefined
        ? readLine(body, input)
        : { ok: false as const, errors: [{ path: 'id', message: `stands in line ${first} too` }] };
    if (typeof id === 'string' && first === undefined) lineOf.set(id, line);
    if (result.ok) planned.push({ line, ...result.planned });
    else faults.push(...result.errors.map((error) => located(line, error)));
  }
  const named = new Set([...input.known.keys(), ...lineOf.keys()]);
  for (const { line, device } of planned) {
    const { gatewayId } = device;
    if (gatewayId === null || named.has(gatewayId)) continue;
    const message = `gateway "${gatewayId}" is neither registered nor in the file`;
    faults.push(located(line, { path: 'gatewayId', message }));
  }
  faults.push(...externalIdFaults(planned, input.known));
  const { ordered, circles } = gatewaysFirst(planned);
  for (const { line } of circles) {
    const message = 'hangs on itself by its gateways; one of them has none';
    faults.push(located(line, { path: 'gatewayId', message }));
  }
  return { planned: ordered, faults };
};

type Mistake = { path: string; message: string };

const located = (line: number, { path, message }: Mistake): CsvFault => ({
  path: `lines[${String(line)}].${path}`,
  message,
});

const readLine = (
  body: LineBody,
  { known, taken, regions, upsert }: PlanInput,
): { ok: true; planned: Omit<PlannedDevice, 'line'> } | { ok: false; errors: Mistake[] } => {
  const { id } = body;
  const current = typeof id === 'string' ? known.get(id) : undefined;
  const refuse = (message: string, path = 'id') => ({
    ok: false as const,
    errors: [{ path, message }],
  });
  if (id === undefined) return refuse('is empty; every line needs one');
  if (current !== undefined && !upsert) {
    return refuse(`"${current.id}" is registered already; add ?mode=upsert to change it`);
  }
  if (current === undefined && typeof id === 'string' && taken.has(id)) {
    return refuse(`"${id}" is the id of a person; choose another`);
  }
  const merged = current === undefined ? body : mergedWith(current, body);
  const shape = checkBody(merged);
  if (!shape.ok) return { ok: false, errors: shape.errors.map(mistake) };
  if (current !== undefined && body.kind !== undefined && body.kind !== current.kind) {
    return refuse(`"${current.id}" is a ${current.kind}; that cannot be changed`, 'kind');
  }
  const checked = checkDevice(shape.value, regions, current?.properties);
  if (!checked.ok) return checked;
  const { device } = checked;
  return {
    ok: true,
    planned: { device, current: current ?? null, change: body as DeviceRegistration },
  };
};

/** A file is sent again with one name mended: who stays where it is keeps the region it was given. */
const mergedWith = (current: Device, body: LineBody): DeviceRegistration => {
  const { lon, lat, ...rest } = body as DeviceRegistration;
  const stays =
    (lon === undefined || isSame(lon, current.lon)) &&
    (lat === undefined || isSame(lat, current.lat));
  return mergeChange(current, stays ? rest : (body as DeviceRegistration));
};

/** A tenth of a metre: what comes back from GCJ-02 is not the same to the last digit. */
const isSame = (a: number, b: number | null): boolean => b !== null && Math.abs(a - b) < 1e-6;

/** The schema names a field by its pointer, and one that is missing only in its message. */
const mistake = ({ path, message }: Mistake): Mistake => {
  const [, missing] = /required propert(?:y|ies) '?(\w+)/.exec(message) ?? [];
  if (missing !== undefined && path === '/') return { path: missing, message: 'is empty' };
  return { path: path.slice(1).split('/')[0] ?? '', message };
};

const externalIdFaults = (
  planned: readonly PlannedDevice[],
  known: ReadonlyMap<string, Device>,
): CsvFault[] => {
  const after = new Map(known);
  for (const { device } of planned) after.set(device.id, device);
  const owners = new Map<string, string[]>();
  for (const { id, gatewayId, properties } of after.values()) {
    if (gatewayId === null || typeof properties.externalId !== 'string') continue;
    const key = JSON.stringify([gatewayId, properties.externalId]);
    owners.set(key, [...(owners.get(key) ?? []), id]);
  }
  return planned.flatMap(({ line, device: { id, gatewayId, properties } }) => {
    const key = JSON.stringify([gatewayId, properties.externalId]);
    const other = owners.get(key)?.find((owner) => owner !== id);
    if (gatewayId === null || other === undefined) return [];
    const message = `"${other}" has it at gateway "${gatewayId}" too`;
    return [located(line, { path: 'externalId', message })];
  });
};

/** Rows in an order in which each finds its gateway stored; `circles` are those for which there is none. */
const gatewaysFirst = (
  planned: readonly PlannedDevice[],
): { ordered: PlannedDevice[]; circles: PlannedDevice[] } => {
  const ordered: PlannedDevice[] = [];
  let waiting = [...planned];
  for (;;) {
    const ids = new Set(waiting.map(({ device }) => device.id));
    const isReady = ({ device }: PlannedDevice): boolean =>
      device.gatewayId === null || !ids.has(device.gatewayId);
    const ready = waiting.filter(isReady);
    if (ready.length === 0) return { ordered, circles: waiting };
    ordered.push(...ready);
    waiting = waiting.filter((row) => !isReady(row));
  }
};
