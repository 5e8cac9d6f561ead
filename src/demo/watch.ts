import { wrap360 } from '../shared/geo.ts';
import type { Watcher } from './fire.ts';

/** Where a camera points: degrees from true north, up positive; horizontal field of view. */
export type Aim = { panDeg: number; tiltDeg: number; hfovDeg: number };

const STOPS = 12;
const STOP_S = 2;
const TOUR_TILT_DEG = -2;

/** One round of the tour, seconds. */
export const TOUR_S = STOPS * STOP_S;

/**
 * The rotating tour: twelve stops of two seconds, overlapping by half a frame. `tS` ≥ 0; `phaseS`, how
 * far into its round the camera was at 0, keeps a hundred cameras from turning in step.
 */
export const tourAim = (phaseS: number, hfovDeg: number, tS: number): Aim => ({
  panDeg: (Math.floor((phaseS + tS) / STOP_S) % STOPS) * (360 / STOPS),
  tiltDeg: TOUR_TILT_DEG,
  hfovDeg,
});

/** Signed angle from `fromDeg` to `toDeg`, −180 < a ≤ 180. */
export const turnDeg = (fromDeg: number, toDeg: number): number => {
  const turn = wrap360(toDeg - fromDeg);
  return turn > 180 ? turn - 360 : turn;
};

/**
 * What one camera is doing about smoke: turning; stopped because something looks like smoke, until
 * enough frames agree; alarmed, staying on it.
 */
export type Watch =
  | { mode: 'touring' }
  | { mode: 'checking'; sinceS: number; aim: Aim }
  | { mode: 'alarmed'; aim: Aim; frames: number; nextAtS: number };

export type WatchSettings = {
  watcher: Pick<Watcher, 'azimuthDeg' | 'elevationDeg' | 'visibleFromM'>;
  phaseS: number;
  hfovDeg: number;
  /** How long smoke must persist before this camera's recognition believes it, seconds. */
  persistenceS: number;
  /** Time from this frame's alarm to the next, seconds. */
  frameEveryS: () => number;
};

/** A camera that has told this often is not telling anything new. */
const MAX_FRAMES = 60;
/** Zoomed in on the smoke. */
const HELD_HFOV_DEG = 20;

export type WatchStep = { watch: Watch; aim: Aim; detects: boolean };

/** One look of a camera: `tS` seconds into the simulation, with the smoke `smokeM` metres tall. */
export const stepWatch = (
  watch: Watch,
  settings: WatchSettings,
  { tS, smokeM }: { tS: number; smokeM: number },
): WatchStep => {
  const { watcher, persistenceS, frameEveryS } = settings;
  if (watch.mode === 'touring') {
    const aim = tourAim(settings.phaseS, settings.hfovDeg, tS);
    const inFrame = Math.abs(turnDeg(aim.panDeg, watcher.azimuthDeg)) < aim.hfovDeg * 0.45;
    const sees = smokeM >= watcher.visibleFromM && inFrame;
    return { watch: sees ? { mode: 'checking', sinceS: tS, aim } : watch, aim, detects: false };
  }
  if (watch.mode === 'checking') {
    if (tS - watch.sinceS < persistenceS) return { watch, aim: watch.aim, detects: false };
    const held = holdOn(watcher);
    const next: Watch = { mode: 'alarmed', aim: held, frames: 1, nextAtS: tS + frameEveryS() };
    // The first alarm is of the frame it was seen in; only then does the camera turn and zoom.
    return { watch: next, aim: watch.aim, detects: true };
  }
  if (tS < watch.nextAtS || watch.frames >= MAX_FRAMES) {
    return { watch, aim: watch.aim, detects: false };
  }
  const next = { ...watch, frames: watch.frames + 1, nextAtS: tS + frameEveryS() };
  return { watch: next, aim: watch.aim, detects: true };
};

/** Presets are whole half degrees on such mounts, so the smoke is near the middle, not in it. */
const holdOn = ({ azimuthDeg, elevationDeg }: WatchSettings['watcher']): Aim => ({
  panDeg: wrap360(Math.round(azimuthDeg * 2) / 2),
  tiltDeg: Math.round(elevationDeg * 2) / 2,
  hfovDeg: HELD_HFOV_DEG,
});
