import { wrap180 } from '../shared/geo.ts';
import {
  fitMounting,
  focalSigmaPerDeg,
  type MountingFit,
  type Residual,
  residualOf,
} from './fit-mounting.ts';
import type { SeenLandmark } from './landmark.ts';
import { type LandmarkMistake, landmarkMistakes } from './landmark-mistakes.ts';
import type { Mounting } from './sight-line.ts';

const RAD = Math.PI / 180;

/** Fewer leave no residuals to judge σ by. */
export const LANDMARKS_FOR_SIGMA = 3;
/** Nobody clicks, surveys and levels better than this, however well a few landmarks happen to agree. */
const LEAST_SIGMA_DEG = 0.1;
/** Landmarks that agree no better than this are not believed: twice over, a ray at 10 km is 100 m off. */
const MAX_RMS_DEG = 0.3;
/** A landmark that is off by this and by three times what the others are is called wrong. */
const OUTLIER_DEG = 0.5;
const OUTLIER_TIMES = 3;
/**
 * Landmarks of σ 0.1° must give the focal scale better than a data sheet does, and a direction at the edge of the
 * frame better than a wrong field of view would: a worse one is noise in place of what is registered.
 */
const MAX_FOCAL_SIGMA = 0.03;
const MAX_EDGE_SIGMA_DEG = 0.2;
/** A mount is off by a few degrees; more is a landmark mistaken for another, or a zero that is not north. */
const MAX_TURN_DEG = 30;
/** Taking the vertical or diagonal field of view for the horizontal one is a factor of 1.8 at most. */
const MAX_FOCAL_FACTOR = 2;

export type LandmarkResidual = Residual & { name: string; totalDeg: number };

export type Calibrated = {
  kind: 'calibrated';
  /** Replaces the device's: degrees added to pan and tilt, true focal length ÷ reported. */
  mounting: Mounting;
  /** Which parts of `mounting` the landmarks determined; the others are as they were. */
  solved: { tilt: boolean; focal: boolean };
  /** One σ of a sight line of this camera; null = too few landmarks to tell. */
  azimuthSigmaDeg: number | null;
  elevationSigmaDeg: number | null;
  /** Of all residual angles, over their degrees of freedom. */
  rmsDeg: number;
  residuals: LandmarkResidual[];
  /** The landmark with the largest residual. */
  worst: string;
  /** What whoever calibrates should know. */
  notes: string[];
};

export type CalibrationRefused = {
  kind: 'refused';
  reason: string;
  /** The landmarks it is about, where it is about some. */
  mistakes: LandmarkMistake[];
};

/**
 * Azimuth and tilt offset of a camera, its focal scale and its σ, from known points and the pixels they were seen
 * at (pinhole model, least squares over residual angles). `registered` is the mounting it has so far: where the
 * search starts, and what landmarks are judged against that lie behind the camera or far from where it looks.
 *
 * - One landmark gives the offsets without any check; two give residuals as well; from three on σ = max(0.1°, rms
 *   of the axis over its degrees of freedom).
 * - The focal scale is solved for with three landmarks or more that determine it: given 0.1° each, one σ of it must
 *   be no more than 3 %, and turn the edge of the frame by no more than 0.2°.
 * - Landmarks without elevation (a height is unknown) say nothing about the tilt.
 *
 * Refused, with the landmark that is likely wrong where one stands out: residuals over 0.3° rms or 0.5° and three
 * times the others', an offset over 30° from the registered one, landmarks behind the camera, outside the frame,
 * nearer than 200 m or all in one spot.
 */
export const calibrate = (
  landmarks: readonly SeenLandmark[],
  registered: Mounting,
): Calibrated | CalibrationRefused => {
  const mistakes = landmarkMistakes(landmarks, registered);
  if (mistakes.length > 0) return refused('some landmarks cannot be used', mistakes);
  if (landmarks.length === 0) return refused('there is no landmark to calibrate on');
  const fit = fitLandmarks(landmarks, registered);
  if (fit === undefined) return refused('the landmarks do not determine where the camera looks');
  return (
    disagreement(landmarks, fit, registered) ??
    implausible(fit, registered) ??
    result(landmarks, fit)
  );
};

type Fit = MountingFit & { solved: { tilt: boolean; focal: boolean } };

const fitLandmarks = (landmarks: readonly SeenLandmark[], start: Mounting): Fit | undefined => {
  const tilt = landmarks.some((seen) => seen.elevationDeg !== null);
  const offsets = fitMounting(landmarks, { tilt, focal: false }, start);
  if (offsets === undefined) return undefined;
  if (landmarks.length >= LANDMARKS_FOR_SIGMA && isFocalDetermined(landmarks, tilt, offsets)) {
    const whole = fitMounting(landmarks, { tilt, focal: true }, offsets.mounting);
    if (whole !== undefined) return { ...whole, solved: { tilt, focal: true } };
  }
  return { ...offsets, solved: { tilt, focal: false } };
};

const isFocalDetermined = (
  landmarks: readonly SeenLandmark[],
  tilt: boolean,
  { mounting }: MountingFit,
): boolean => {
  const sigma = LEAST_SIGMA_DEG * focalSigmaPerDeg(landmarks, tilt, mounting);
  // The edge is at θ = HFOV/2 with tan θ ∝ 1/focal: dθ = sin θ cos θ dln(focal).
  const edgeDegs = landmarks.map(({ frame: { hfovDeg } }) => Math.sin(hfovDeg * RAD) / 2 / RAD);
  return sigma <= MAX_FOCAL_SIGMA && sigma * Math.max(...edgeDegs) <= MAX_EDGE_SIGMA_DEG;
};

/** The landmark without which the others agree best, what they then leave, and how far it is from what they say. */
type Suspect = { name: string; othersRmsDeg: number; offDeg: number; sameUnknowns: boolean };

const findSuspect = (
  landmarks: readonly SeenLandmark[],
  fit: Fit,
  start: Mounting,
): Suspect | undefined => {
  // Of two that disagree nobody can tell which is wrong.
  if (landmarks.length < 3) return undefined;
  // Near the answer already, but a focal scale they cannot determine is not taken from the suspect.
  const near = { ...fit.mounting, focalScale: start.focalScale };
  const suspects = landmarks.flatMap((seen, i): Suspect[] => {
    const others = fitLandmarks(landmarks.toSpliced(i, 1), near);
    if (others === undefined) return [];
    const [off] = residualsOf([seen], others.mounting);
    return [
      {
        name: seen.name,
        othersRmsDeg: others.rmsDeg,
        offDeg: off?.totalDeg ?? 0,
        sameUnknowns:
          others.solved.focal === fit.solved.focal && others.solved.tilt === fit.solved.tilt,
      },
    ];
  });
  return suspects.toSorted((a, b) => a.othersRmsDeg - b.othersRmsDeg)[0];
};

const disagreement = (
  landmarks: readonly SeenLandmark[],
  fit: Fit,
  start: Mounting,
): CalibrationRefused | undefined => {
  const suspect = findSuspect(landmarks, fit, start);
  const isOutlier =
    suspect?.sameUnknowns === true &&
    suspect.offDeg > OUTLIER_DEG &&
    suspect.offDeg > OUTLIER_TIMES * Math.max(suspect.othersRmsDeg, LEAST_SIGMA_DEG);
  if (fit.rmsDeg <= MAX_RMS_DEG && !isOutlier) return undefined;
  const hint = fit.solved.focal
    ? ''
    : ', or the field of view is wrong and landmarks near both edges of the frame would mend it';
  const reason = `the landmarks do not agree: after the best fit they are off by ${deg(fit.rmsDeg)} rms (more than ${deg(MAX_RMS_DEG)} is not believed)`;
  if (suspect === undefined || suspect.othersRmsDeg > MAX_RMS_DEG) {
    return refused(
      `${isOutlier ? outlierReason : reason}; which of them is wrong cannot be told: check pixels, positions and heights, or add landmarks${hint}`,
    );
  }
  const message = `is likely wrong: it is ${deg(suspect.offDeg)} from where the others put it, and without it they agree to ${deg(suspect.othersRmsDeg)}; check its pixel, position and height, or leave it out${hint}`;
  return refused(isOutlier ? outlierReason : reason, [{ name: suspect.name, message }]);
};

const outlierReason = 'one landmark does not fit the others';

/** An answer far from what is registered fits just as well when every landmark was mistaken for another. */
const implausible = (
  { mounting, solved }: Fit,
  registered: Mounting,
): CalibrationRefused | undefined => {
  const azimuthDeg = wrap180(mounting.azimuthOffsetDeg - registered.azimuthOffsetDeg);
  const tiltDeg = mounting.tiltOffsetDeg - registered.tiltOffsetDeg;
  const turned = (what: string, offset: string, by: number, to: number): CalibrationRefused =>
    refused(
      `the landmarks would turn the camera's ${what} by ${deg(by)}, and a mount is not that far off: check whether they were taken for others; if its zero really is elsewhere, register ${offset} ${to.toFixed(0)} first (PATCH /api/v1/devices/{id}) and send the landmarks again`,
    );
  if (Math.abs(azimuthDeg) > MAX_TURN_DEG) {
    return turned('azimuth', 'azimuthOffsetDeg', azimuthDeg, wrap180(mounting.azimuthOffsetDeg));
  }
  if (solved.tilt && Math.abs(tiltDeg) > MAX_TURN_DEG) {
    return turned('tilt', 'tiltOffsetDeg', tiltDeg, mounting.tiltOffsetDeg);
  }
  const factor = mounting.focalScale / registered.focalScale;
  if (factor > MAX_FOCAL_FACTOR || factor < 1 / MAX_FOCAL_FACTOR) {
    return refused(
      `the landmarks would make the focal length ${factor.toFixed(2)} times what the field of view says; check hfovDeg (horizontal, of the whole frame), widthPx and heightPx`,
    );
  }
  return undefined;
};

const result = (landmarks: readonly SeenLandmark[], fit: Fit): Calibrated => {
  const { mounting, solved, rmsDeg } = fit;
  const residuals = residualsOf(landmarks, mounting);
  const [worst] = residuals.toSorted((a, b) => b.totalDeg - a.totalDeg);
  const measured = landmarks.filter((seen) => seen.elevationDeg !== null).length;
  return {
    kind: 'calibrated',
    mounting: { ...mounting, azimuthOffsetDeg: wrap180(mounting.azimuthOffsetDeg) },
    solved,
    azimuthSigmaDeg: sigma(landmarks.length, fit.azimuthRmsDeg),
    elevationSigmaDeg: sigma(measured, fit.elevationRmsDeg),
    rmsDeg,
    residuals,
    worst: worst?.name ?? '',
    notes: notes(landmarks, fit),
  };
};

const sigma = (count: number, rmsDeg: number | null): number | null =>
  count < LANDMARKS_FOR_SIGMA || rmsDeg === null ? null : Math.max(LEAST_SIGMA_DEG, rmsDeg);

const notes = (landmarks: readonly SeenLandmark[], { solved, mounting }: Fit): string[] => {
  const blind = landmarks.filter((seen) => seen.elevationDeg === null).map(({ name }) => name);
  const hfovDeg = landmarks[0]?.frame.hfovDeg ?? 0;
  const trueHfovDeg = (2 * Math.atan(Math.tan((hfovDeg / 2) * RAD) / mounting.focalScale)) / RAD;
  return [
    ...(blind.length === 0
      ? []
      : [
          solved.tilt
            ? `without a height, used for the azimuth alone: ${blind.join(', ')}`
            : 'azimuth only, the tilt offset stays as it was: no height is known of the landmarks or of the camera; register groundHeightM and mountHeightM, give heightM',
        ]),
    landmarks.length === 1
      ? 'one landmark: nothing checks it, σ stays the default; three spread over the frame give σ'
      : landmarks.length < LANDMARKS_FOR_SIGMA
        ? 'fewer than three landmarks: σ stays the default'
        : solved.focal
          ? `field of view solved for: a reported ${deg(hfovDeg)} is ${deg(trueHfovDeg)}`
          : 'field of view not solved for: the landmarks lie too close to the middle of their frames',
  ];
};

const residualsOf = (landmarks: readonly SeenLandmark[], mounting: Mounting): LandmarkResidual[] =>
  landmarks.map((seen) => {
    const residual = residualOf(seen, mounting);
    return {
      name: seen.name,
      ...residual,
      totalDeg: Math.hypot(residual.azimuthDeg, residual.elevationDeg ?? 0),
    };
  });

const refused = (reason: string, mistakes: LandmarkMistake[] = []): CalibrationRefused => ({
  kind: 'refused',
  reason,
  mistakes,
});

const deg = (value: number): string => `${value.toFixed(2)}°`;
