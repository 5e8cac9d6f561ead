import Type from 'typebox';
import { cameraSetupOf } from '../../devices/index.ts';
import type { Box } from '../../locate/index.ts';
import { compileSchema } from '../../shared/schema.ts';
import { aimOf, frameOfAim } from '../camera-frame.ts';
import type { CameraMessage, Reception } from '../camera-message.ts';
import { rejected } from '../decoded.ts';
import { readJsonPayload } from '../payload.ts';
import { bareReport, boxOf, contentId, eventIdOf, textOf, timeOf } from './camera-values.ts';

/** The fields of Pyronear's detection form, without its pictures. */
const FormSchema = Type.Object({
  /** `[(xmin,ymin,xmax,ymax,conf),…]`, fractions of the picture. */
  bboxes: Type.String(),
  pose_id: Type.Optional(Type.Unknown()),
  recorded_at: Type.Optional(Type.Unknown()),
  /** Not of the form: when it came here, and what its picture hashes to. */
  received_at: Type.Optional(Type.Unknown()),
  frame_sha256: Type.Optional(Type.Unknown()),
});

const checkForm = compileSchema(FormSchema);

/** Its engine sends five at most; more would be another's. */
const MAX_BOXES = 20;

/** A detection of a Pyronear engine: smoke, once for each box. Pure; never throws. */
export const decodePyronear = (
  payload: Buffer,
  { receivedAt, timeZone }: Reception,
): CameraMessage => {
  const checked = readJsonPayload(payload, checkForm);
  if (checked.kind === 'rejected') return checked;
  const form = checked.value;
  const boxes = boxesIn(form.bboxes);
  if (typeof boxes === 'string') return rejected('invalid_payload', `/bboxes ${boxes}`);
  const recordedAt = timeOf(form.recorded_at, 'UTC');
  const observedAt = recordedAt ?? timeOf(form.received_at, timeZone) ?? receivedAt;
  const pose = textOf(form.pose_id);
  const frameSha256 = textOf(form.frame_sha256);
  const frameId = frameSha256 ?? (recordedAt === null ? null : form.recorded_at);
  return {
    kind: 'items',
    items: boxes.map(({ box, confidence }, i) => {
      const sourceEventId =
        frameId === null ? contentId(payload, i) : eventIdOf(frameId, form.recorded_at, pose, i);
      const report = {
        ...bareReport({ kind: 'smoke', observedAt, sourceEventId }),
        box,
        confidence,
        ...(frameSha256 === null ? {} : { frameSha256 }),
      };
      return {
        camera: null,
        readFor: (device) => {
          // Without a pose of that number the camera's last word on where it looks is asked for, later.
          const isNumbered = pose !== null && cameraSetupOf(device).poses?.[pose] !== undefined;
          const aim = isNumbered ? aimOf(device, pose) : null;
          const frame = aim === null ? null : frameOfAim(device, aim);
          return { kind: 'detection', report: { ...report, frame } };
        },
      };
    }),
  };
};

const NUMBER = String.raw`\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*`;
const TUPLE = String.raw`[([]${NUMBER}(?:,${NUMBER}){4},?\s*[)\]]`;
const BOXES = new RegExp(String.raw`^\s*\[?\s*${TUPLE}(?:\s*,\s*${TUPLE})*\s*,?\s*\]?\s*$`, 'i');
/** Twenty boxes take 1,100 characters; the time to look through it grows with the square. */
const MAX_TEXT = 2_000;

/** What is wrong, else the boxes. */
const boxesIn = (text: string): string | { box: Box; confidence: number }[] => {
  if (text.length > MAX_TEXT || !BOXES.test(text)) {
    return 'is not of the form [(xmin,ymin,xmax,ymax,conf),…]';
  }
  const numbers = text.match(new RegExp(NUMBER, 'gi'))?.map(Number) ?? [];
  const boxes: { box: Box; confidence: number }[] = [];
  for (let i = 0; i + 4 < numbers.length; i += 5) {
    const [x0, y0, x1, y1, confidence] = numbers.slice(i, i + 5);
    const box = boxOf(x0, y0, x1, y1);
    if (box === null) return 'has a box that is none; give 0 ≤ xmin ≤ xmax ≤ 1';
    if (confidence === undefined || confidence < 0 || confidence > 1) {
      return 'has a confidence outside 0 to 1';
    }
    boxes.push({ box, confidence });
  }
  return boxes.length > MAX_BOXES ? `has more than ${String(MAX_BOXES)} boxes` : boxes;
};
