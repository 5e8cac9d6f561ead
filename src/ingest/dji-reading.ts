import type { Device, DeviceRegistry } from '../devices/index.ts';
import { type Decoded, rejected } from './decoded.ts';
import { decodeDrcUp } from './dialects/dji-drc.ts';
import { readDjiMessage } from './dialects/dji-envelope.ts';
import { djiMaker } from './dialects/dji-mode.ts';
import { decodeDjiOsd, refuseForeign } from './dialects/dji-osd.ts';
import { soleAircraft } from './dji-gateway.ts';
import type { Arrival } from './inbound-message.ts';
import type { DjiReading } from './topics.ts';

/** Decodes a reading of a dock, a controller or an aircraft, and says of which device it is. */
export const readDji = (
  topic: DjiReading,
  sender: Device,
  { message: { payload }, receivedAt }: Arrival,
  { registry, laserRadiusM }: { registry: DeviceRegistry; laserRadiusM: number },
): { device: Device; decoded: Decoded } => {
  if (topic === 'drc') return readDrc(sender, { payload, receivedAt, registry });
  const isDock = sender.kind === 'dock';
  const decoded = decodeDjiOsd(
    payload,
    {
      id: sender.id,
      device: isDock ? 'dock' : 'aircraft',
      gatewayId: sender.gatewayId,
      maker: djiMaker(sender.properties),
      laserRadiusM,
    },
    receivedAt,
  );
  return { device: sender, decoded };
};

/** What comes over `drc/up` on the gateway's number is of its aircraft. */
const readDrc = (
  gateway: Device,
  {
    payload,
    receivedAt,
    registry,
  }: { payload: Buffer; receivedAt: Date; registry: DeviceRegistry },
): { device: Device; decoded: Decoded } => {
  const read = readDjiMessage(payload, receivedAt);
  if (read.kind === 'rejected') return { device: gateway, decoded: read };
  const foreign = refuseForeign(read.message.gateway, gateway);
  if (foreign !== undefined) return { device: gateway, decoded: foreign };
  const decoded = decodeDrcUp(read.message);
  if (decoded.kind === 'nothing') return { device: gateway, decoded };
  const aircraft = soleAircraft(gateway, registry);
  if (aircraft !== undefined) return { device: aircraft, decoded };
  const reason = `"${gateway.id}" has no aircraft, or several: whose position is it?`;
  return { device: gateway, decoded: rejected('wrong_device', reason) };
};
