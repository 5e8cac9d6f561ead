import { describe, expect, it } from 'vitest';
import { extendTrack } from '../../../src/incidents/extend-track.ts';
import type { TrackDetection } from '../../../src/incidents/track-store.ts';
import { after, config, HOME, mast, place, reports, sees } from './made-up.ts';

const camera = mast('cam-1', HOME);
const fire = place(30, 5_000);
const sumUp = (detections: readonly TrackDetection[]) =>
  detections
    .slice(1)
    .reduce(
      (track, detection) => extendTrack(track, 'i-1', detection, config.confidence),
      extendTrack(undefined, 'i-1', detections[0] as TrackDetection, config.confidence),
    );
const at = (...seconds: number[]) => seconds.map((atS) => sees(camera, fire, { atS }));

describe('extendTrack', () => {
  it('counts, and never averages: frames of one camera share its errors', () => {
    const track = sumUp(at(0, 10, 20));
    expect(track.detectionCount).toBe(3);
    expect(track.best.fix.ellipse).toEqual(sees(camera, fire).fix.ellipse);
  });

  it('lets the most precise stand for all, the newer of equals', () => {
    const precise = reports('s', fire, { radiusM: 100, atS: 10 });
    const coarse = reports('s', fire, { radiusM: 300, atS: 20 });
    const [old, equal] = [reports('s', fire, { radiusM: 100 }), precise];
    expect(sumUp([old, equal, coarse]).best.id).toBe(precise.id);
  });

  it('follows the newest direction, whatever order they come in', () => {
    const [late, early] = [
      sees(camera, fire, { atS: 60, offDeg: 1 }),
      sees(camera, fire, { atS: 0 }),
    ];
    const track = sumUp([late, early]);
    expect(track.latestAzimuthDeg).toBe(late.azimuthDeg);
    expect(track.latestObservedAt).toEqual(after(60));
  });

  it('counts the most frames within five minutes, and does not forget them', () => {
    expect(sumUp(at(0, 150, 300)).frames).toBe(3);
    expect(sumUp(at(0, 150, 301)).frames).toBe(2);
    expect(sumUp(at(300, 0, 150)).frames).toBe(3);
    expect(sumUp(at(0, 100, 200, 4_000)).frames).toBe(3);
    expect(sumUp(at(0, 1_000, 2_000)).frames).toBe(1);
  });

  it('keeps what a person said of any of them', () => {
    const labelled = { ...sees(camera, fire), seenAsFire: true };
    const pinned = { ...sees(camera, fire, { atS: 5 }), pinned: true };
    expect(sumUp([labelled, pinned, ...at(10)])).toMatchObject({ seenAsFire: true, pinned: true });
  });
});
