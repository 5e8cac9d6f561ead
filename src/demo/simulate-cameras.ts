import type { Random } from '../shared/random.ts';
import { type Bias, cameraDetection, cameraTelemetry, drawBias } from './camera-messages.ts';
import type { Camera } from './cameras.ts';
import type { DeviceLink } from './device-link.ts';
import { type Fire, smokeHeightM, type Watcher } from './fire.ts';
import { type Aim, stepWatch, TOUR_S, tourAim, type Watch } from './watch.ts';

/** A moment of the simulation. */
export type Moment = {
  /** Seconds since it started. */
  tS: number;
  /** Since the fire was lit; negative before. */
  fireAgeS: number;
  at: Date;
};

export type CameraSimulation = {
  /** Lets every camera look once; calls `onAlarm` for each that reports smoke. */
  step: (moment: Moment, onAlarm: (camera: Camera) => void) => void;
};

/** Also a camera that does not move says now and then where it looks. */
const TELEMETRY_AT_LEAST_EVERY_S = 30;

const sameAim = (a: Aim, b: Aim): boolean =>
  a.panDeg === b.panDeg && a.tiltDeg === b.tiltDeg && a.hfovDeg === b.hfovDeg;

type Mount = {
  camera: Camera;
  link: DeviceLink;
  watcher: Watcher | undefined;
  phaseS: number;
  bias: Bias;
  persistenceS: number;
  watch: Watch;
  told: { aim: Aim; tS: number } | undefined;
};

/** The cameras on their rounds; those that can see the fire stop at its smoke and report it. */
export const createCameraSimulation = (
  cameras: readonly { camera: Camera; link: DeviceLink }[],
  fire: Fire,
  random: Random,
): CameraSimulation => {
  const mounts = cameras.map(
    ({ camera, link }): Mount => ({
      camera,
      link,
      watcher: fire.watchers.find((watcher) => watcher.camera.id === camera.id),
      phaseS: random.between(0, TOUR_S),
      bias: drawBias(random),
      // Recognition wants the smoke in several frames before it believes in it.
      persistenceS: random.between(2, 6),
      watch: { mode: 'touring' },
      told: undefined,
    }),
  );
  const frameEveryS = (): number => random.between(10, 20);

  const look = (mount: Mount, moment: Moment): { aim: Aim; alarm: boolean } => {
    const { camera, watcher, phaseS, persistenceS, bias } = mount;
    if (watcher === undefined) {
      return { aim: tourAim(phaseS, camera.hfovDeg, moment.tS), alarm: false };
    }
    const smokeM = smokeHeightM(moment.fireAgeS);
    const settings = { watcher, phaseS, hfovDeg: camera.hfovDeg, persistenceS, frameEveryS };
    const { watch, aim, detects } = stepWatch(mount.watch, settings, { tS: moment.tS, smokeM });
    mount.watch = watch;
    if (detects) {
      const sighting = { watcher, aim, smokeM, bias, at: moment.at };
      const topic = `fengsui/v1/camera/${camera.id}/detection`;
      mount.link.alarm(topic, cameraDetection(sighting, random));
    }
    return { aim, alarm: detects };
  };

  return {
    step(moment, onAlarm) {
      for (const mount of mounts) {
        const { aim, alarm } = look(mount, moment);
        if (alarm) onAlarm(mount.camera);
        const { told } = mount;
        const stale = told === undefined || moment.tS - told.tS >= TELEMETRY_AT_LEAST_EVERY_S;
        if (!stale && sameAim(told.aim, aim)) continue;
        mount.told = { aim, tS: moment.tS };
        const topic = `fengsui/v1/camera/${mount.camera.id}/telemetry`;
        mount.link.publish(topic, cameraTelemetry(aim, moment.at));
      }
    },
  };
};
