import { describe, expect, it } from 'vitest';
import { observerOf } from '../../../src/ingest/observer.ts';
import type { Pose } from '../../../src/telemetry/index.ts';
import { camera } from '../../support/camera-fixtures.ts';

const observedAt = new Date('2026-04-05T03:00:00Z');
const before = (seconds: number): Date => new Date(observedAt.getTime() - seconds * 1000);
const gimbalWith = (pose: Partial<Pose>) =>
  observerOf(
    { ...camera(), kind: 'drone' },
    {
      pose: {
        lon: 113.27,
        lat: 26.71,
        at: before(1),
        altitudeM: 412,
        altitudeRef: 'msl',
        gimbalPitchDeg: -20,
        gimbalYawDeg: 120,
        gimbalAt: before(1),
        ...pose,
      },
      terrain: undefined,
      observedAt,
    },
  ).gimbal;

describe('an aircraft’s gimbal', () => {
  it('aims where it pointed within ten seconds', () => {
    expect(gimbalWith({ gimbalAt: before(10) })).toEqual({ azimuthDeg: 120, elevationDeg: -20 });
  });

  it.each([
    ['it has been silent while the aircraft was not', { gimbalAt: before(11) }],
    ['the aircraft has been silent', { at: before(11) }],
    ['nobody knows since when', { gimbalAt: null }],
    ['it never said its yaw', { gimbalYawDeg: null }],
  ])('aims nowhere when %s', (_, pose) => {
    expect(gimbalWith(pose)).toBeNull();
  });
});
