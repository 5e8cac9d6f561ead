import { describe, expect, it } from 'vitest';
import { stepWatch, TOUR_S, tourAim, turnDeg, type Watch } from '../../../src/demo/watch.ts';

const settings = {
  watcher: { azimuthDeg: 123, elevationDeg: -3.2, visibleFromM: 40 },
  phaseS: 0,
  hfovDeg: 60,
  persistenceS: 4,
  frameEveryS: () => 10,
};

/** Looks once a second; the times at which the camera alarmed. */
const alarms = (smokeM: number, forS: number): { atS: number[]; watch: Watch } => {
  let watch: Watch = { mode: 'touring' };
  const atS: number[] = [];
  for (let tS = 0; tS < forS; tS++) {
    const step = stepWatch(watch, settings, { tS, smokeM });
    watch = step.watch;
    if (step.detects) atS.push(tS);
  }
  return { atS, watch };
};

describe('a camera on its tour', () => {
  it('looks everywhere within one round', () => {
    const covered = new Set<number>();
    for (let tS = 0; tS < TOUR_S; tS++) {
      const { panDeg, hfovDeg } = tourAim(7.4, 60, tS);
      for (let az = 0; az < 360; az++) {
        if (Math.abs(turnDeg(panDeg, az)) <= hfovDeg / 2) covered.add(az);
      }
    }
    expect(covered.size).toBe(360);
  });

  it('says nothing while the smoke is too low', () => {
    expect(alarms(39, 300).atS).toEqual([]);
  });

  it('alarms once the smoke has persisted, then stays on it and repeats', () => {
    const { atS, watch } = alarms(60, 60);
    const [first = 0] = atS;
    // It turns to 120° at the latest in the fifth stop, and wants four seconds.
    expect(first).toBeGreaterThanOrEqual(4);
    expect(first).toBeLessThanOrEqual(TOUR_S + 4);
    expect(atS.slice(1)).toEqual(atS.slice(1).map((_, i) => first + (i + 1) * 10));
    expect(watch).toMatchObject({
      mode: 'alarmed',
      aim: { panDeg: 123, tiltDeg: -3, hfovDeg: 20 },
    });
  });

  it('stops repeating some time', () => {
    expect(alarms(60, 5_000).atS).toHaveLength(60);
  });
});
