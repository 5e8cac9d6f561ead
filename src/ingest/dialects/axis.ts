import Type from 'typebox';
import { compileSchema } from '../../shared/schema.ts';
import { type CameraMessage, NO_ITEMS, type Reception } from '../camera-message.ts';
import { readJsonPayload } from '../payload.ts';
import { contentId, eventIdOf, instantOf, recordOf } from './camera-values.ts';
import { fireItem, isActive, type NamedEvent } from './named-event.ts';

const EventSchema = Type.Object({
  /** Milliseconds since 1970. */
  timestamp: Type.Optional(Type.Unknown()),
  topic: Type.Optional(Type.String()),
  message: Type.Optional(
    Type.Object({
      source: Type.Optional(Type.Unknown()),
      key: Type.Optional(Type.Unknown()),
      data: Type.Optional(Type.Unknown()),
    }),
  ),
});

const checkEvent = compileSchema(EventSchema);

/**
 * An event of Axis' MQTT client, `axis/{device}/event/{path}`: a fire where path, data or registration says so and the
 * state is not off. Pure; never throws.
 */
export const decodeAxis = (
  path: string,
  payload: Buffer,
  { receivedAt }: Reception,
): CameraMessage => {
  if (payload.length === 0) return NO_ITEMS;
  const checked = readJsonPayload(payload, checkEvent);
  if (checked.kind === 'rejected') return checked;
  const { timestamp, message } = checked.value;
  const saidAt = instantOf(timestamp);
  const observedAt = saidAt ?? receivedAt;
  const event: NamedEvent = { path, rule: null, data: recordOf(message?.data) };
  if (!isActive(event)) return NO_ITEMS;
  const sourceEventId = saidAt === null ? contentId(payload, 0) : eventIdOf(path, saidAt.getTime());
  return {
    kind: 'items',
    items: [fireItem(event, { observedAt, sourceEventId })],
  };
};
