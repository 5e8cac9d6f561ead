import { wrap360 } from '../shared/geo.ts';

const RAD = Math.PI / 180;

/** Where a frame was taken: pan from true north, tilt up positive, horizontal field of view; degrees, pixels. */
export type Frame = {
  panDeg: number;
  tiltDeg: number;
  hfovDeg: number;
  widthPx: number;
  heightPx: number;
};

/** Box in the frame, fractions of its width and height from the top left. */
export type Box = readonly [x0: number, y0: number, x1: number, y1: number];

/** A direction: azimuth from true north in [0, 360), elevation up positive −90..90, degrees. */
export type Direction = { azimuthDeg: number; elevationDeg: number };

/** What a camera's mount adds to what it reports; the result of its calibration. */
export type Mounting = {
  /** Added to pan and azimuth, degrees. */
  azimuthOffsetDeg: number;
  /** Added to tilt and elevation, degrees. */
  tiltOffsetDeg: number;
  /** True focal length ÷ the one the reported field of view gives; 1 = as reported. */
  focalScale: number;
};

/**
 * The direction of pixel (u, v), from the top left, by the pinhole model:
 * f = (W/2)/tan(HFOV/2), x = (u−W/2)/f, y = (v−H/2)/f, F = cos t + y sin t, U = sin t − y cos t,
 * az = pan + atan2(x, F), el = atan2(U, √(F²+x²)).
 * Not linear in the field of view: at tilt −30° a linear model is off by over 3°.
 */
export const pixelDirection = (
  frame: Frame,
  [u, v]: readonly [number, number],
  mounting: Mounting = { azimuthOffsetDeg: 0, tiltOffsetDeg: 0, focalScale: 1 },
): Direction => {
  const focal = (mounting.focalScale * frame.widthPx) / 2 / Math.tan((frame.hfovDeg / 2) * RAD);
  const x = (u - frame.widthPx / 2) / focal;
  const y = (v - frame.heightPx / 2) / focal;
  const tilt = (frame.tiltDeg + mounting.tiltOffsetDeg) * RAD;
  const forward = Math.cos(tilt) + y * Math.sin(tilt);
  const up = Math.sin(tilt) - y * Math.cos(tilt);
  return {
    azimuthDeg: wrap360(frame.panDeg + mounting.azimuthOffsetDeg + Math.atan2(x, forward) / RAD),
    elevationDeg: Math.atan2(up, Math.hypot(forward, x)) / RAD,
  };
};

/** The direction of the bottom centre of `box`, where smoke meets the ground. */
export const boxDirection = (frame: Frame, box: Box, mounting: Mounting): Direction =>
  pixelDirection(
    frame,
    [((box[0] + box[2]) / 2) * frame.widthPx, box[3] * frame.heightPx],
    mounting,
  );
