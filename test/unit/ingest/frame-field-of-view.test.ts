import { describe, expect, it } from 'vitest';
import { frameOfReport } from '../../../src/ingest/frame-field-of-view.ts';

const frame = {
  panDeg: 10,
  tiltDeg: -2,
  hfovDeg: null,
  zoom: 4,
  widthPx: 1920,
  heightPx: 1080,
};
const lost = { azimuthDeg: null, position: null };
const nothing = { hfovDeg: null, hfovByZoom: null };

describe('frameOfReport', () => {
  it('is the frame with its field of view', () => {
    const resolved = frameOfReport({ ...lost, frame }, { hfovDeg: 60, hfovByZoom: null });
    expect(resolved).toMatchObject({ frame: { panDeg: 10 }, missing: null });
    expect(frameOfReport({ ...lost, frame: null }, nothing)).toEqual({
      frame: null,
      missing: null,
    });
  });

  it('is none where nobody knows it, and what is missing is told when the direction hangs on it', () => {
    const resolved = frameOfReport({ ...lost, frame }, nothing);
    expect(resolved.frame).toBeNull();
    expect(resolved.missing).toContain('register its hfovDeg');
    for (const own of [
      { ...lost, azimuthDeg: 30 },
      { ...lost, position: [113, 26] as const },
    ]) {
      expect(frameOfReport({ ...own, frame }, nothing)).toEqual({ frame: null, missing: null });
    }
  });
});
