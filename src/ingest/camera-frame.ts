import { cameraSetupOf, type Device } from '../devices/index.ts';
import type { ReportedFrame } from '../locate/index.ts';
import type { Aim } from '../telemetry/index.ts';

/** Where it is not registered. Only its shape counts, and next to every recognition works on 16:9. */
const USUAL_PICTURE = { widthPx: 1920, heightPx: 1080 };

/** Where a camera looks by its registration: at the pose of this number, else where one looks that never turns. */
export const aimOf = (device: Device, poseNumber: string | null = null): Aim | null => {
  const { pose, poses } = cameraSetupOf(device);
  const numbered = poseNumber === null || poses === null ? undefined : poses[poseNumber];
  const aim = numbered ?? pose;
  return aim === null ? null : { ...aim, hfovDeg: aim.hfovDeg ?? device.hfovDeg };
};

/** A picture of a camera that looks so. Pan and tilt as it reports them: its offsets are added when it is located. */
export const frameOfAim = (device: Device, { panDeg, tiltDeg, hfovDeg }: Aim): ReportedFrame => ({
  panDeg,
  tiltDeg,
  hfovDeg,
  zoom: null,
  ...(cameraSetupOf(device).picture ?? USUAL_PICTURE),
});
