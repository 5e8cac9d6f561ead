import type { Device, DeviceRegistry } from '../devices/index.ts';
import type { CameraItem, CameraMessage, Reception } from './camera-message.ts';
import type { CameraTopic } from './camera-topics.ts';
import { type Decoded, type Rejected, rejected } from './decoded.ts';
import { decodeAxis } from './dialects/axis.ts';
import { decodeDahua } from './dialects/dahua.ts';
import { decodeFrigate } from './dialects/frigate.ts';
import { decodeGb28181 } from './dialects/gb28181.ts';
import { decodeHikvision } from './dialects/hikvision.ts';
import { decodeIsecure } from './dialects/isecure.ts';
import { decodeOnvif } from './dialects/onvif.ts';
import { decodePyronear } from './dialects/pyronear.ts';
import { decodeRemoteId } from './dialects/remote-id.ts';
import type { Taken } from './ingest-sinks.ts';

export type CameraIntakeDeps = {
  registry: Pick<DeviceRegistry, 'cameraBehind'>;
  /** Takes what one message says of one device. */
  take: (device: Device, decoded: Decoded) => Promise<Taken>;
  /** Keeps what of a message could not be taken while the rest was. */
  bury: (problem: Rejected) => Promise<unknown>;
};

/** Decodes a message of a camera's dialect. Pure; never throws. */
export const decodeCameraMessage = (
  topic: CameraTopic,
  payload: Buffer,
  { sender, ...reception }: Reception & { sender: Device },
): CameraMessage => {
  switch (topic.dialect) {
    case 'frigate':
      return decodeFrigate(topic.message, payload, reception);
    case 'onvif':
      return decodeOnvif(topic.path, payload, reception);
    case 'axis':
      return decodeAxis(topic.path, payload, reception);
    case 'hikvision':
      return decodeHikvision(payload, { ...reception, byChannel: sender.kind === 'gateway' });
    case 'dahua':
      return decodeDahua(payload, { ...reception, byChannel: sender.kind === 'gateway' });
    case 'isecure':
      return decodeIsecure(payload, reception);
    case 'pyronear':
      return decodePyronear(payload, reception);
    case 'remote-id':
      return decodeRemoteId(payload, reception);
    case 'gb28181':
      return decodeGb28181(payload, reception);
  }
};

/**
 * Takes a decoded message item by item: one that cannot be used does not keep the others from being taken. Rejected as
 * a whole only when none could be; else what could not is buried by itself. Items have ids, so that a message that
 * comes again after a failure between two of them takes the rest.
 */
export const takeCameraMessage = async (
  deps: CameraIntakeDeps,
  sender: Device,
  message: CameraMessage,
): Promise<Taken> => {
  if (message.kind === 'rejected') return message;
  const outcomes: Taken[] = [];
  for (const item of message.items) outcomes.push(await takeItem(deps, sender, item));
  const refusals = outcomes.filter((outcome) => outcome.kind === 'rejected');
  const [first] = refusals;
  if (first === undefined) return bestOf(outcomes);
  const reasons = [...new Set(refusals.map(({ reason }) => reason))].join('; ');
  if (refusals.length === outcomes.length) return rejected(first.code, reasons);
  const count = `${String(refusals.length)} of ${String(outcomes.length)} parts`;
  await deps.bury(rejected(first.code, `${count}: ${reasons}`));
  return bestOf(outcomes);
};

const takeItem = async (
  { registry, take }: CameraIntakeDeps,
  sender: Device,
  { camera, readFor }: CameraItem,
): Promise<Taken> => {
  if (camera === null) return take(sender, readFor(sender));
  if (sender.kind !== 'gateway') {
    return rejected(
      'wrong_device',
      `"${sender.id}" reports for camera "${camera}", but is registered as a ${sender.kind}; register it with kind "gateway"`,
    );
  }
  const device = await registry.cameraBehind(sender.id, camera);
  return device === undefined ? noCamera(sender, camera) : take(device, readFor(device));
};

export const noCamera = (gateway: Device, camera: string): Rejected =>
  rejected(
    'unknown_device',
    `gateway "${gateway.id}" has no camera "${camera}"; register it with gatewayId "${gateway.id}" and externalId "${camera}"`,
  );

/** What tells most: a new detection, else a known one. */
const bestOf = (outcomes: readonly Taken[]): Taken =>
  outcomes.find(({ kind }) => kind === 'recorded') ??
  outcomes.find(({ kind }) => kind === 'duplicate') ?? { kind: 'taken' };
