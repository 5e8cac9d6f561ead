import { describe, expect, it } from 'vitest';
import { resolveFrame } from '../../../src/ingest/frame-field-of-view.ts';

const size = { widthPx: 1920, heightPx: 1080 };
const frame = { panDeg: 10, tiltDeg: -2, hfovDeg: null, zoom: null, ...size };
const lost = { azimuthDeg: null, position: null };
const nothing = { hfovDeg: null, hfovByZoom: null };

describe('resolveFrame', () => {
  it('keeps the field of view that was sent, before that of the zoom', () => {
    const resolved = resolveFrame({ ...lost, frame: { ...frame, hfovDeg: 5, zoom: 2 } }, nothing);
    expect(resolved).toEqual({
      kind: 'frame',
      frame: { panDeg: 10, tiltDeg: -2, hfovDeg: 5, ...size },
    });
  });

  it('takes it from the zoom and the registered wide end', () => {
    const resolved = resolveFrame(
      { ...lost, frame: { ...frame, zoom: 2 } },
      { hfovDeg: 60, hfovByZoom: null },
    );
    expect(resolved).toMatchObject({ frame: { hfovDeg: expect.closeTo(32.2042, 3) } });
  });

  it.each([
    [4, 'register its hfovDeg'],
    [null, 'neither hfovDeg nor zoom'],
  ])('with zoom %s and nothing registered says what is missing', (zoom, reason) => {
    const resolved = resolveFrame({ ...lost, frame: { ...frame, zoom } }, nothing);
    expect(resolved).toEqual({ kind: 'unknown', reason: expect.stringContaining(reason) });
  });

  it('does without the frame where the report has a direction or a place of its own', () => {
    for (const own of [
      { ...lost, azimuthDeg: 30 },
      { ...lost, position: [113, 26] as const },
    ]) {
      expect(resolveFrame({ ...own, frame }, nothing)).toEqual({ kind: 'frame', frame: null });
    }
  });
});
