import { describe, expect, it } from 'vitest';
import { resolveFrame } from '../../../src/locate/reported-frame.ts';

const size = { widthPx: 1920, heightPx: 1080 };
const frame = { panDeg: 10, tiltDeg: -2, hfovDeg: null, zoom: null, ...size };
const nothing = { hfovDeg: null, hfovByZoom: null };

describe('resolveFrame', () => {
  it('keeps the field of view that was sent, before that of the zoom', () => {
    expect(resolveFrame({ ...frame, hfovDeg: 5, zoom: 2 }, nothing)).toEqual({
      kind: 'frame',
      frame: { panDeg: 10, tiltDeg: -2, hfovDeg: 5, ...size },
    });
  });

  it('takes it from the zoom and the registered wide end', () => {
    const resolved = resolveFrame({ ...frame, zoom: 2 }, { hfovDeg: 60, hfovByZoom: null });
    expect(resolved).toMatchObject({ frame: { hfovDeg: expect.closeTo(32.2042, 3) } });
  });

  it.each([
    [4, 'register its hfovDeg'],
    [null, 'neither hfovDeg nor zoom'],
  ])('with zoom %s and nothing registered says what is missing', (zoom, reason) => {
    expect(resolveFrame({ ...frame, zoom }, nothing)).toEqual({
      kind: 'unknown',
      reason: expect.stringContaining(reason),
    });
  });
});
