import { type Frame, type Lens, resolveFrame } from '../locate/index.ts';
import type { DetectionReport } from './decoded.ts';

export type FrameOfReport = {
  frame: Frame | null;
  /** What to send or register so that the picture's direction is known; null = nothing is missing. */
  missing: string | null;
};

/**
 * The reported frame with its field of view. Where that is not known the alarm goes without its frame, for it is
 * still an alarm; `missing` says what would give it a direction, when that hangs on the frame.
 */
export const frameOfReport = (
  { frame, azimuthDeg, position }: Pick<DetectionReport, 'frame' | 'azimuthDeg' | 'position'>,
  lens: Lens,
): FrameOfReport => {
  if (frame === null) return { frame: null, missing: null };
  const resolved = resolveFrame(frame, lens);
  if (resolved.kind === 'frame') return { frame: resolved.frame, missing: null };
  const hangsOnIt = azimuthDeg === null && position === null;
  return { frame: null, missing: hangsOnIt ? resolved.reason : null };
};
