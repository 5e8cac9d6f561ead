import { type Frame, hfovAtZoom, type Lens } from '../locate/index.ts';
import type { DetectionReport, ReportedFrame } from './decoded.ts';

export type ResolvedFrame = {
  frame: Frame | null;
  /** What to send or register so that the picture's direction is known; null = nothing is missing. */
  missing: string | null;
};

/**
 * The reported frame with its horizontal field of view: as given, else from the zoom and what is registered of
 * the lens. When neither is known the alarm goes without its frame, for it is still an alarm; `missing` says
 * what would give it a direction, when that hangs on the frame.
 */
export const resolveFrame = (
  { frame, azimuthDeg, position }: Pick<DetectionReport, 'frame' | 'azimuthDeg' | 'position'>,
  lens: Lens,
): ResolvedFrame => {
  if (frame === null) return { frame: null, missing: null };
  const { zoom, ...rest } = frame;
  const hfovDeg = frame.hfovDeg ?? (zoom === null ? null : hfovAtZoom(lens, zoom));
  if (hfovDeg !== null) return { frame: { ...rest, hfovDeg }, missing: null };
  const hangsOnIt = azimuthDeg === null && position === null;
  return { frame: null, missing: hangsOnIt ? whatIsMissing(frame) : null };
};

const whatIsMissing = ({ zoom }: ReportedFrame): string =>
  zoom === null
    ? 'the frame gives neither hfovDeg nor zoom, so its pixels have no direction; send one of them (zoom 1 for a lens that does not zoom) and register the hfovDeg of the wide end'
    : `the frame gives zoom ${String(zoom)}, but the device has no field of view to apply it to; register its hfovDeg at the wide end (PATCH /api/v1/devices/{id}) or its lens table properties.hfovByZoom`;
