import Type, { type TSchema } from 'typebox';
import { HfovSchema, hfovAtZoom, type Lens, ZoomSchema } from './field-of-view.ts';
import type { Frame } from './sight-line.ts';

const Maybe = <T extends TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]));

/** Where a frame was taken, as its camera says: by field of view, or by optical zoom (1 = wide end). */
export const ReportedFrameSchema = Type.Object({
  panDeg: Type.Number({ minimum: -360, maximum: 360 }),
  tiltDeg: Type.Number({ minimum: -90, maximum: 90 }),
  hfovDeg: Maybe(HfovSchema),
  zoom: Maybe(ZoomSchema),
  widthPx: Type.Integer({ minimum: 1, maximum: 100_000 }),
  heightPx: Type.Integer({ minimum: 1, maximum: 100_000 }),
});

/** The same with null for what was not said. */
export type ReportedFrame = Omit<Frame, 'hfovDeg'> & {
  hfovDeg: number | null;
  zoom: number | null;
};

/** Fields the schema does not know are left behind. */
export const readFrame = (frame: Type.Static<typeof ReportedFrameSchema>): ReportedFrame => {
  const { panDeg, tiltDeg, hfovDeg = null, zoom = null, widthPx, heightPx } = frame;
  return { panDeg, tiltDeg, hfovDeg, zoom, widthPx, heightPx };
};

/**
 * The frame with its horizontal field of view: as reported, else from the zoom and the lens. `unknown` says what to
 * send or register.
 */
export const resolveFrame = (
  { zoom, ...frame }: ReportedFrame,
  lens: Lens,
): { kind: 'frame'; frame: Frame } | { kind: 'unknown'; reason: string } => {
  const hfovDeg = frame.hfovDeg ?? (zoom === null ? null : hfovAtZoom(lens, zoom));
  if (hfovDeg !== null) return { kind: 'frame', frame: { ...frame, hfovDeg } };
  const reason =
    zoom === null
      ? 'the frame gives neither hfovDeg nor zoom, so its pixels have no direction; send one of them (zoom 1 for a lens that does not zoom, with hfovDeg registered)'
      : `the frame gives zoom ${String(zoom)}, but the device has no field of view to apply it to; register its hfovDeg at the wide end (PATCH /api/v1/devices/{id}) or its lens table properties.hfovByZoom, and send it again`;
  return { kind: 'unknown', reason };
};
