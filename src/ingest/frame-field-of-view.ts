import { type Frame, hfovAtZoom, type Lens } from '../locate/index.ts';
import type { DetectionReport, ReportedFrame } from './decoded.ts';

export type ResolvedFrame =
  | { kind: 'frame'; frame: Frame | null }
  | { kind: 'unknown'; reason: string };

/**
 * The reported frame with its horizontal field of view: as given, else from the zoom and what is registered of
 * the lens. `unknown`, with what to send or register, only when the direction hangs on it: a report with an
 * azimuth or a position of its own goes without its frame instead.
 */
export const resolveFrame = (
  { frame, azimuthDeg, position }: Pick<DetectionReport, 'frame' | 'azimuthDeg' | 'position'>,
  lens: Lens,
): ResolvedFrame => {
  if (frame === null) return { kind: 'frame', frame: null };
  const { zoom, ...rest } = frame;
  const hfovDeg = frame.hfovDeg ?? (zoom === null ? null : hfovAtZoom(lens, zoom));
  if (hfovDeg !== null) return { kind: 'frame', frame: { ...rest, hfovDeg } };
  if (azimuthDeg !== null || position !== null) return { kind: 'frame', frame: null };
  return { kind: 'unknown', reason: whatIsMissing(frame) };
};

const whatIsMissing = ({ zoom }: ReportedFrame): string =>
  zoom === null
    ? 'the frame gives neither hfovDeg nor zoom, so its pixels have no direction; send one of them (zoom 1 for a lens that does not zoom) and register the hfovDeg of the wide end'
    : `the frame gives zoom ${String(zoom)}, but the device has no field of view to apply it to; register its hfovDeg at the wide end (PATCH /api/v1/devices/{id}) or its lens table properties.hfovByZoom, then replay this`;
