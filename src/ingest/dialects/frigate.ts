import Type from 'typebox';
import { type CameraSetup, cameraSetupOf } from '../../devices/index.ts';
import type { Box } from '../../locate/index.ts';
import { compileSchema } from '../../shared/schema.ts';
import type { CameraMessage } from '../camera-message.ts';
import { NO_ITEMS, ofSender, type Reception } from '../camera-message.ts';
import { rejected } from '../decoded.ts';
import { readJsonPayload } from '../payload.ts';
import {
  bareReport,
  boxOf,
  eventIdOf,
  fireKindOf,
  instantOf,
  numberWithin,
} from './camera-values.ts';

/** One state of a tracked object. What is not read here is kept with the raw payload. */
const EventSchema = Type.Object({
  type: Type.Optional(Type.String()),
  after: Type.Object({
    id: Type.String({ minLength: 1 }),
    camera: Type.String({ minLength: 1 }),
    label: Type.String(),
    /** Of the frame, epoch seconds. */
    frame_time: Type.Unknown(),
    top_score: Type.Optional(Type.Unknown()),
    score: Type.Optional(Type.Unknown()),
    false_positive: Type.Optional(Type.Unknown()),
    /** `[x1, y1, x2, y2]` in pixels of the detect stream. */
    box: Type.Optional(Type.Unknown()),
  }),
});
type Tracked = Type.Static<typeof EventSchema>['after'];

const checkEvent = compileSchema(EventSchema);

/**
 * Frigate's `{prefix}/events` and `{prefix}/available`. Every state of an object labelled smoke or fire is a detection
 * of its own, by event and frame: it carries the box of that frame, and while updates come the fire burns. The last one
 * (`end`) repeats the last frame, and so is known already, unless that got lost. Pure; never throws.
 */
export const decodeFrigate = (
  message: 'events' | 'available',
  payload: Buffer,
  reception: Reception,
): CameraMessage => (message === 'available' ? availability(payload) : event(payload, reception));

const event = (payload: Buffer, { receivedAt }: Reception): CameraMessage => {
  const checked = readJsonPayload(payload, checkEvent);
  if (checked.kind === 'rejected') return checked;
  const { after } = checked.value;
  const kind = fireKindOf(after.label);
  if (kind === null || after.false_positive === true) return NO_ITEMS;
  const seconds = numberWithin(after.frame_time, 0, 1e11);
  const observedAt = instantOf(seconds === null ? null : seconds * 1000) ?? receivedAt;
  const report = {
    ...bareReport({ kind, observedAt, sourceEventId: eventIdOf(after.id, after.frame_time) }),
    ...confidenceOf(after),
  };
  return {
    kind: 'items',
    items: [
      {
        camera: after.camera,
        readFor: (device) => ({
          kind: 'detection',
          report: { ...report, box: boxIn(cameraSetupOf(device), after.box) },
        }),
      },
    ],
  };
};

/** `top_score` is what Frigate itself holds against its threshold. */
const confidenceOf = ({ top_score, score }: Tracked): { confidence?: number } => {
  const confidence = numberWithin(top_score, 0, 1) ?? numberWithin(score, 0, 1);
  return confidence === null ? {} : { confidence };
};

/** The message does not say how large its picture is: without that, pixels are no place in it. */
const boxIn = ({ picture }: CameraSetup, box: unknown): Box | null => {
  if (picture === null || !Array.isArray(box) || box.length !== 4) return null;
  const [x0, y0, x1, y1] = box.map((pixels: unknown, i) => {
    const value = numberWithin(pixels, -1e6, 1e6);
    return value === null ? null : value / (i % 2 === 0 ? picture.widthPx : picture.heightPx);
  });
  return boxOf(x0, y0, x1, y1);
};

const availability = (payload: Buffer): CameraMessage => {
  const word = payload.subarray(0, 100).toString('utf8').trim();
  if (word === '') return NO_ITEMS;
  return word === 'online' || word === 'offline' || word === 'stopped'
    ? ofSender({ kind: 'status', online: word === 'online' })
    : rejected('invalid_payload', 'neither "online", "offline" nor "stopped"');
};
