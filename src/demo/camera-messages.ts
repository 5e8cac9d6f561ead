import { wrap360 } from '../shared/geo.ts';
import { newId } from '../shared/ids.ts';
import type { Random } from '../shared/random.ts';
import type { Watcher } from './fire.ts';
import { type Aim, turnDeg } from './watch.ts';

export type CameraTelemetry = Aim & { at: string };

export type CameraDetection = {
  id: string;
  at: string;
  kind: 'smoke';
  confidence: number;
  azimuthDeg: number;
  elevationDeg: number;
  bbox: [x0: number, y0: number, x1: number, y1: number];
  frame: Aim & { widthPx: number; heightPx: number };
  rangeM?: number;
};

const WIDTH_PX = 1920;
const HEIGHT_PX = 1080;
const RAD = Math.PI / 180;
/** Of the one-σ 0.5° a mount is trusted to in both angles, the larger part is how it was put up and stays the same … */
const BIAS_SIGMA_DEG = 0.4;
/** … and the rest changes from frame to frame: √(0.4² + 0.3²) = 0.5. */
const JITTER_SIGMA_DEG = 0.3;
const RANGE_SIGMA_SHARE = 0.1;

/** What one camera's mount is off by, degrees: its north and its level. */
export type Bias = { azimuthDeg: number; elevationDeg: number };

/** Drawn once a camera. */
export const drawBias = (random: Random): Bias => ({
  azimuthDeg: random.normal() * BIAS_SIGMA_DEG,
  elevationDeg: random.normal() * BIAS_SIGMA_DEG,
});

const round = (value: number, decimals: number): number => Number(value.toFixed(decimals));

export const cameraTelemetry = (aim: Aim, at: Date): CameraTelemetry => ({
  at: at.toISOString(),
  panDeg: round(wrap360(aim.panDeg), 2),
  tiltDeg: round(aim.tiltDeg, 2),
  hfovDeg: aim.hfovDeg,
});

/** Where a direction falls in the frame (pinhole camera), fractions from the top left. */
const project = (aim: Aim, azimuthDeg: number, elevationDeg: number): [u: number, v: number] => {
  const turn = turnDeg(aim.panDeg, azimuthDeg) * RAD;
  const up = elevationDeg * RAD;
  const tilt = aim.tiltDeg * RAD;
  const ahead = Math.cos(up) * Math.cos(turn);
  const depth = ahead * Math.cos(tilt) + Math.sin(up) * Math.sin(tilt);
  const right = (Math.cos(up) * Math.sin(turn)) / depth;
  const down = (ahead * Math.sin(tilt) - Math.sin(up) * Math.cos(tilt)) / depth;
  const halfWidth = Math.tan((aim.hfovDeg / 2) * RAD);
  const halfHeight = (halfWidth * HEIGHT_PX) / WIDTH_PX;
  return [0.5 + right / halfWidth / 2, 0.5 + down / halfHeight / 2];
};

const clamp01 = (value: number): number => round(Math.min(1, Math.max(0, value)), 4);

/** A box whose bottom centre is where the smoke meets the ground, or the ridge before it; never thinner than a few pixels. */
const smokeBox = (
  aim: Aim,
  [azimuthDeg, elevationDeg]: [number, number],
  { seenM, distanceM }: { seenM: number; distanceM: number },
): CameraDetection['bbox'] => {
  const [u, v] = project(aim, azimuthDeg, elevationDeg);
  const focal = 1 / (2 * Math.tan((aim.hfovDeg / 2) * RAD));
  const height = Math.max(0.01, (seenM / distanceM) * focal * (WIDTH_PX / HEIGHT_PX));
  const width = Math.max(0.006, (seenM / distanceM) * focal * 0.4);
  return [clamp01(u - width / 2), clamp01(v - height), clamp01(u + width / 2), clamp01(v)];
};

export type Sighting = { watcher: Watcher; aim: Aim; smokeM: number; bias: Bias; at: Date };

/**
 * One alarm as the camera's recognition would send it: azimuth and elevation with its mount's bias and the
 * frame's jitter, box and frame that agree with that azimuth, a range from those with a laser.
 */
export const cameraDetection = (sighting: Sighting, random: Random): CameraDetection => {
  const { watcher, aim, smokeM, bias, at } = sighting;
  const jitter = (): number => random.normal() * JITTER_SIGMA_DEG;
  const azimuthDeg = wrap360(watcher.azimuthDeg + bias.azimuthDeg + jitter());
  const elevationDeg = watcher.elevationDeg + bias.elevationDeg + jitter();
  const clear = Math.min(1, smokeM / (watcher.visibleFromM * 3));
  const rangeM = watcher.distanceM * (1 + random.normal() * RANGE_SIGMA_SHARE);
  return {
    id: newId(),
    at: at.toISOString(),
    kind: 'smoke',
    confidence: round(Math.min(0.97, 0.55 + 0.35 * clear + random.between(-0.05, 0.05)), 2),
    azimuthDeg: round(azimuthDeg, 3) % 360,
    elevationDeg: round(elevationDeg, 3),
    bbox: smokeBox(aim, [azimuthDeg, elevationDeg], {
      seenM: Math.max(0, smokeM - watcher.hiddenM),
      distanceM: watcher.distanceM,
    }),
    frame: { ...aim, widthPx: WIDTH_PX, heightPx: HEIGHT_PX },
    ...(watcher.camera.rangeFinder ? { rangeM: Math.round(rangeM) } : {}),
  };
};
