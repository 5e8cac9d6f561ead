import Type from 'typebox';
import { cameraSetupOf } from '../../devices/index.ts';
import { compileSchema } from '../../shared/schema.ts';
import { type CameraMessage, NO_ITEMS, type Reception } from '../camera-message.ts';
import { type Decoded, rejected } from '../decoded.ts';
import { parseJsonPayload } from '../payload.ts';
import { bareReport, contentId, eventIdOf, instantOf, recordOf } from './camera-values.ts';
import { fireKindAt, isActive, type NamedEvent } from './named-event.ts';
import { reasonsOf } from './reasons.ts';

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
  const parsed = parseJsonPayload(payload);
  if (parsed.kind === 'rejected') return parsed;
  const checked = checkEvent(parsed.value);
  if (!checked.ok) return rejected('invalid_payload', reasonsOf(checked.errors));
  const { timestamp, message } = checked.value;
  const saidAt = instantOf(timestamp);
  const observedAt = saidAt ?? receivedAt;
  const event: NamedEvent = { path, rule: null, data: recordOf(message?.data) };
  if (!isActive(event)) return NO_ITEMS;
  const sourceEventId = saidAt === null ? contentId(payload, 0) : eventIdOf(path, saidAt.getTime());
  return {
    kind: 'items',
    items: [
      {
        camera: null,
        readFor: (device): Decoded => {
          const kind = fireKindAt(event, cameraSetupOf(device).fireEvents);
          return kind === null
            ? { kind: 'nothing' }
            : { kind: 'detection', report: bareReport({ kind, observedAt, sourceEventId }) };
        },
      },
    ],
  };
};
