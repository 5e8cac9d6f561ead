import type { DeviceRegistry } from '../devices/index.ts';
import { type Rejected, rejected } from './decoded.ts';
import { decodeDeviceMessage } from './dialects/native.ts';
import type { InboundMessage } from './inbound-message.ts';
import type { Topic } from './topics.ts';

/**
 * Undefined when nobody behind the message has lost its login. An external broker may still let in who was revoked a
 * moment ago, and does not say who published: then it is judged by the topic, and an aircraft's by its gateway too,
 * which is what speaks for it. That it went offline (its will) is believed of anybody.
 */
export const refuseRevoked = (
  topic: Topic,
  { payload, publisherId }: Pick<InboundMessage, 'payload' | 'publisherId'>,
  registry: Pick<DeviceRegistry, 'isRevoked' | 'gatewayOf'>,
): Rejected | undefined => {
  // MAVLink names its sender in each frame, and judges it there.
  const sender = topic.dialect === 'mavlink' ? null : topic.id;
  const gateway =
    topic.dialect === 'dji' && publisherId === null ? registry.gatewayOf(topic.id) : null;
  const revoked = [sender, publisherId, gateway].find(
    (id) => id !== null && registry.isRevoked(id),
  );
  if (revoked === undefined || revoked === null || isGoodbye(topic, payload)) return undefined;
  return rejected(
    'revoked_device',
    `the login of "${revoked}" was revoked; a new secret admits it again (POST /api/v1/devices/${revoked}/secret)`,
  );
};

const isGoodbye = (topic: Topic, payload: Buffer): boolean => {
  if (topic.dialect !== 'native' || topic.message !== 'status') return false;
  const decoded = decodeDeviceMessage(topic.id, 'status', payload);
  return decoded.kind === 'status' && !decoded.online;
};
