import type { SeenLandmark } from './landmark.ts';
import { angleBetween } from './sight-angle.ts';
import type { Mounting } from './sight-line.ts';

/** Nearer, the error of both positions (a few metres) is over 0.5° of azimuth. */
const NEAREST_M = 200;
/** Landmarks within this share of the field of view count as one: they check nothing but the click. */
const ONE_SPOT_SHARE = 0.05;

/** What is wrong with one landmark, to be read after its name. */
export type LandmarkMistake = { name: string; message: string };

/** What keeps landmarks from being used at all, given the mounting the camera has so far; one entry a landmark. */
export const landmarkMistakes = (
  landmarks: readonly SeenLandmark[],
  registered: Mounting,
): LandmarkMistake[] => {
  const mistakes = landmarks.flatMap((seen): LandmarkMistake[] => {
    const message = outsideFrame(seen) ?? tooNear(seen) ?? behind(seen, registered);
    return message === undefined ? [] : [{ name: seen.name, message }];
  });
  return mistakes.length > 0 ? mistakes : inOneSpot(landmarks);
};

const outsideFrame = ({ px: [u, v], frame }: SeenLandmark): string | undefined =>
  u >= 0 && u <= frame.widthPx && v >= 0 && v <= frame.heightPx
    ? undefined
    : `has its pixel (${String(u)}, ${String(v)}) outside the frame of ${String(frame.widthPx)}×${String(frame.heightPx)}`;

const tooNear = ({ distanceM }: SeenLandmark): string | undefined =>
  distanceM >= NEAREST_M
    ? undefined
    : `is ${distanceM.toFixed(0)} m away; under ${String(NEAREST_M)} m the errors of the positions outweigh what it tells`;

const behind = (
  { frame: { panDeg, tiltDeg }, azimuthDeg, elevationDeg }: SeenLandmark,
  { azimuthOffsetDeg, tiltOffsetDeg }: Mounting,
): string | undefined => {
  const axis = { azimuthDeg: panDeg + azimuthOffsetDeg, elevationDeg: tiltDeg + tiltOffsetDeg };
  const offDeg = angleBetween(axis, { azimuthDeg, elevationDeg: elevationDeg ?? 0 });
  return offDeg <= 90
    ? undefined
    : `lies behind the camera, ${offDeg.toFixed(0)}° from where it looks (pan ${panDeg.toFixed(1)}° and the registered offset ${azimuthOffsetDeg.toFixed(1)}°); check pan and position, or register azimuthOffsetDeg first if the camera's zero is not north`;
};

const inOneSpot = (landmarks: readonly SeenLandmark[]): LandmarkMistake[] => {
  const [first, ...others] = landmarks;
  if (first === undefined || others.length === 0) return [];
  const limitDeg = ONE_SPOT_SHARE * Math.max(...landmarks.map(({ frame }) => frame.hfovDeg));
  const isApart = landmarks.some((a) =>
    landmarks.some((b) => angleBetween(directionOf(a), directionOf(b)) > limitDeg),
  );
  if (isApart) return [];
  const message = `lies in one spot with all the others (within ${limitDeg.toFixed(2)}°), and together they count as one; spread landmarks over the frame, or send one`;
  return landmarks.map(({ name }) => ({ name, message }));
};

const directionOf = ({ azimuthDeg, elevationDeg }: SeenLandmark) => ({
  azimuthDeg,
  elevationDeg: elevationDeg ?? 0,
});
