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

/**
 * Azimuth (true north, [0, 360)) and elevation (up positive) of the bottom centre of `box`, where smoke
 * meets the ground, by the pinhole model: f = (W/2)/tan(HFOV/2), x = (u−W/2)/f, y = (v−H/2)/f,
 * F = cos t + y sin t, U = sin t − y cos t, az = pan + atan2(x, F), el = atan2(U, √(F²+x²)).
 * Not linear in the field of view: at tilt −30° a linear model is off by over 3°.
 */
export const boxSightLine = (
  frame: Frame,
  box: Box,
): { azimuthDeg: number; elevationDeg: number } => {
  const u = ((box[0] + box[2]) / 2) * frame.widthPx;
  const v = box[3] * frame.heightPx;
  const focal = frame.widthPx / 2 / Math.tan((frame.hfovDeg / 2) * RAD);
  const x = (u - frame.widthPx / 2) / focal;
  const y = (v - frame.heightPx / 2) / focal;
  const tilt = frame.tiltDeg * RAD;
  const forward = Math.cos(tilt) + y * Math.sin(tilt);
  const up = Math.sin(tilt) - y * Math.cos(tilt);
  return {
    azimuthDeg: wrap360(frame.panDeg + Math.atan2(x, forward) / RAD),
    elevationDeg: Math.atan2(up, Math.hypot(forward, x)) / RAD,
  };
};
