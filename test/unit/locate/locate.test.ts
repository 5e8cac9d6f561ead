import { describe, expect, it } from 'vitest';
import { locate, type Observation, type Observer } from '../../../src/locate/index.ts';
import { geodesicInverse, type LonLat } from '../../../src/shared/geo.ts';

const config = {
  defaultAzimuthSigmaDeg: 0.5,
  bearingMinRangeM: 300,
  bearingMaxRangeM: 15_000,
  rangeSigmaFraction: 0.1,
  reportedRadiusM: { camera: 200, drone: 100 },
};
const tower: LonLat = [113.27, 26.71];
const camera: Observer = {
  kind: 'camera',
  origin: tower,
  azimuthOffsetDeg: 0,
  azimuthSigmaDeg: null,
};
const nothing: Observation = {
  position: null,
  azimuthDeg: null,
  elevationDeg: null,
  rangeM: null,
  frame: null,
  box: null,
};

const fixOf = (seen: Partial<Observation>, observer: Partial<Observer> = {}) => {
  const located = locate({ ...nothing, ...seen }, { ...camera, ...observer }, config);
  if (located.kind === 'unlocated') throw new Error(located.reason);
  return located.fix;
};

describe('locate', () => {
  it('takes the position a source reports, with the radius of its kind', () => {
    const fix = fixOf({ position: [113.3, 26.8], azimuthDeg: 10, rangeM: 500 });
    expect(fix).toEqual({
      lon: 113.3,
      lat: 26.8,
      method: 'reported',
      ellipse: { semiMajorM: 200, semiMinorM: 200, orientationDeg: 0 },
    });
    expect(fixOf({ position: [113.3, 26.8] }, { kind: 'drone' }).ellipse.semiMajorM).toBe(100);
  });

  it('goes the range along the azimuth on the ellipsoid', () => {
    const fix = fixOf({ azimuthDeg: 45, rangeM: 5000 });
    const back = geodesicInverse(tower, [fix.lon, fix.lat]);
    expect(fix.method).toBe('range');
    expect(back.distanceM).toBeCloseTo(5000, 3);
    expect(back.azimuthDeg).toBeCloseTo(45, 6);
    // 95 % along: 2.4477 × 10 % × 5 km; across: 2.4477 × 0.5° × 5 km.
    expect(fix.ellipse.semiMajorM).toBeCloseTo(1223.8, 0);
    expect(fix.ellipse.semiMinorM).toBeCloseTo(106.8, 0);
    expect(fix.ellipse.orientationDeg).toBeCloseTo(45, 6);
  });

  it('gives an azimuth alone as a long thin ellipse from 0.3 to 15 km', () => {
    const fix = fixOf({ azimuthDeg: 200 });
    const { distanceM } = geodesicInverse(tower, [fix.lon, fix.lat]);
    expect(fix.method).toBe('bearing');
    expect(distanceM - fix.ellipse.semiMajorM).toBeCloseTo(300, 3);
    expect(distanceM + fix.ellipse.semiMajorM).toBeCloseTo(15_000, 3);
    expect(fix.ellipse.semiMinorM).toBeCloseTo(320.4, 0);
    expect(fix.ellipse.orientationDeg).toBeCloseTo(20, 6);
  });

  it('adds the azimuth offset of the camera and uses its own sigma', () => {
    const offset = fixOf({ azimuthDeg: 359.5 }, { azimuthOffsetDeg: 1, azimuthSigmaDeg: 0.1 });
    expect(geodesicInverse(tower, [offset.lon, offset.lat]).azimuthDeg).toBeCloseTo(0.5, 6);
    expect(offset.ellipse.semiMinorM).toBeCloseTo(64.1, 0);
  });

  // Reference values of the pinhole model: 1920×1080, HFOV 60, pan 90.
  it.each([
    { tiltDeg: 0, u: 1440, v: 540, azimuth: 106.102, elevation: 0 },
    { tiltDeg: -5, u: 1440, v: 700, azimuth: 106.2904, elevation: -10.0838 },
    { tiltDeg: -30, u: 1440, v: 540, azimuth: 108.4349, elevation: -28.7105 },
  ])(
    'reads pixel ($u, $v) at tilt $tiltDeg as azimuth $azimuth',
    ({ tiltDeg, u, v, azimuth, elevation }) => {
      const frame = { panDeg: 90, tiltDeg, hfovDeg: 60, widthPx: 1920, heightPx: 1080 };
      const box = [u / 1920, 0.1, u / 1920, v / 1080] as const;
      const located = locate({ ...nothing, frame, box }, camera, config);
      if (located.kind === 'unlocated') throw new Error(located.reason);
      expect(located.azimuthDeg).toBeCloseTo(azimuth, 3);
      expect(located.elevationDeg).toBeCloseTo(elevation, 3);
    },
  );

  it('places an alarm without any direction around its camera rather than losing it', () => {
    expect(fixOf({})).toEqual({
      lon: tower[0],
      lat: tower[1],
      method: 'vicinity',
      ellipse: { semiMajorM: 15_000, semiMinorM: 15_000, orientationDeg: 0 },
    });
  });

  it('says so when neither the report nor the device has a place', () => {
    const located = locate(
      { ...nothing, azimuthDeg: 10 },
      { ...camera, kind: 'drone', origin: null },
      config,
    );
    expect(located.kind).toBe('unlocated');
  });
});
