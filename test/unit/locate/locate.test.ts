import { describe, expect, it } from 'vitest';
import { locate, type Observation, type Observer } from '../../../src/locate/index.ts';
import { geodesicDirect, geodesicInverse } from '../../../src/shared/geo.ts';
import type { Terrain } from '../../../src/terrain/index.ts';
import { face, plain, ridge } from '../terrain/made-ground.ts';
import { camera, config, nothing, TOWER } from './settings.ts';

const locatedBy = (
  seen: Partial<Observation>,
  observer: Partial<Observer> = {},
  terrain?: Terrain,
) => {
  const located = locate({ ...nothing, ...seen }, { ...camera, ...observer }, { config, terrain });
  if (located.kind === 'unlocated') throw new Error(located.reason);
  return located;
};
const fixOf = (...args: Parameters<typeof locatedBy>) => locatedBy(...args).fix;

describe('a reported position', () => {
  it('is taken with the radius of its source', () => {
    expect(fixOf({ position: [113.3, 26.8], azimuthDeg: 10, rangeM: 500 })).toEqual({
      lon: 113.3,
      lat: 26.8,
      method: 'reported',
      ellipse: { semiMajorM: 200, semiMinorM: 200, orientationDeg: 0 },
    });
  });

  it.each([
    [{ kind: 'drone' }, {}, 100],
    [{ kind: 'drone' }, { rangeM: 400 }, 30],
    [{ kind: 'dock' }, {}, 100],
    [{ kind: 'satellite', sensor: 'viirs' }, {}, 500],
    [{ kind: 'satellite', sensor: 'modis' }, {}, 1000],
    [{ kind: 'satellite', sensor: 'himawari' }, {}, 3000],
    [{ kind: 'caller' }, {}, 300],
    [{ kind: 'ranger' }, { positionRadiusM: 12 }, 12],
  ] as const)('of %j %j has a 95 %% radius of %d m', (observer, seen, radiusM) => {
    const { ellipse } = fixOf({ position: [113.3, 26.8], ...seen }, observer);
    expect(ellipse).toEqual({ semiMajorM: radiusM, semiMinorM: radiusM, orientationDeg: 0 });
  });

  it('is the village a caller names', () => {
    const village = { semiMajorM: 900, semiMinorM: 400, orientationDeg: 30 };
    const fix = fixOf({ position: [113.3, 26.8], positionEllipse: village }, { kind: 'caller' });
    expect(fix.ellipse).toEqual(village);
  });
});

describe('a direction', () => {
  it('goes the measured range along the azimuth on the ellipsoid', () => {
    const fix = fixOf({ azimuthDeg: 45, rangeM: 5000 });
    const back = geodesicInverse(TOWER, [fix.lon, fix.lat]);
    expect(fix.method).toBe('range');
    expect(back.distanceM).toBeCloseTo(5000, 3);
    expect(back.azimuthDeg).toBeCloseTo(45, 6);
    // 95 % along: 2.4477 × 10 % × 5 km; across: 2.4477 × 0.5° × 5 km.
    expect(fix.ellipse.semiMajorM).toBeCloseTo(1223.8, 0);
    expect(fix.ellipse.semiMinorM).toBeCloseTo(106.8, 0);
    expect(fix.ellipse.orientationDeg).toBeCloseTo(45, 6);
  });

  it('without range or terrain is a long thin ellipse, flagged', () => {
    const fix = fixOf({ azimuthDeg: 200 });
    const { distanceM } = geodesicInverse(TOWER, [fix.lon, fix.lat]);
    expect(fix).toMatchObject({ method: 'bearing', flags: ['no_terrain'] });
    // 0.3 to 15 km, and 6 % longer.
    expect(distanceM).toBeCloseTo(7650, 3);
    expect(fix.ellipse.semiMajorM).toBeCloseTo(7791, 0);
    expect(fix.ellipse.semiMinorM).toBeCloseTo(320.4, 0);
    expect(fix.ellipse.orientationDeg).toBeCloseTo(20, 6);
  });

  it.each([5, 25, 60, 80])(
    'of a frame without a box holds fires anywhere in its %d°, not only in its middle',
    (hfovDeg) => {
      const frame = { panDeg: 70, tiltDeg: -1, hfovDeg, widthPx: 1920, heightPx: 1080 };
      const { fix, sighting } = locatedBy({ frame });
      expect(sighting).toMatchObject({ elevation: null, bearing: { azimuthDeg: 70 } });
      let held = 0;
      let all = 0;
      for (let side = -0.495; side < 0.5; side += 0.01) {
        // Equal steps of the square of the range: as likely on each hectare.
        for (let share = 0.005; share < 1; share += 0.01) {
          const rangeM = Math.sqrt(300 ** 2 + share * (15_000 ** 2 - 300 ** 2));
          const fire = geodesicDirect(TOWER, 70 + side * hfovDeg, rangeM);
          const { distanceM, azimuthDeg } = geodesicInverse([fix.lon, fix.lat], fire);
          const turned = ((azimuthDeg - fix.ellipse.orientationDeg) * Math.PI) / 180;
          const along = (distanceM * Math.cos(turned)) / fix.ellipse.semiMajorM;
          const across = (distanceM * Math.sin(turned)) / fix.ellipse.semiMinorM;
          if (along ** 2 + across ** 2 <= 1) held += 1;
          all += 1;
        }
      }
      expect(held / all).toBeGreaterThan(0.93);
    },
  );

  it('of a frame wider than that is the surroundings of the camera', () => {
    const frame = { panDeg: 70, tiltDeg: -1, hfovDeg: 110, widthPx: 1920, heightPx: 1080 };
    expect(fixOf({ frame }).method).toBe('vicinity');
    expect(fixOf({ frame, box: [0.5, 0.5, 0.5, 0.5] }).method).toBe('bearing');
  });

  it('has the offset of the mount and its own σ', () => {
    const offset = fixOf({ azimuthDeg: 359.5 }, { azimuthOffsetDeg: 1, azimuthSigmaDeg: 0.1 });
    expect(geodesicInverse(TOWER, [offset.lon, offset.lat]).azimuthDeg).toBeCloseTo(0.5, 6);
    expect(offset.ellipse.semiMinorM).toBeCloseTo(64.1, 0);
    const { sighting } = locatedBy({ azimuthDeg: 10, elevationDeg: 1 }, { tiltOffsetDeg: -0.5 });
    expect(sighting.elevation).toEqual({ elevationDeg: 0.5, sigmaDeg: 0.5 });
  });

  // Reference values of the pinhole model: 1920×1080, HFOV 60, pan 90.
  it.each([
    { tiltDeg: 0, u: 1440, v: 540, azimuth: 106.102, elevation: 0 },
    { tiltDeg: -5, u: 1440, v: 700, azimuth: 106.2904, elevation: -10.0838 },
    { tiltDeg: -30, u: 1440, v: 540, azimuth: 108.4349, elevation: -28.7105 },
  ])('reads pixel ($u, $v) at tilt $tiltDeg as azimuth $azimuth', (row) => {
    const { tiltDeg, u, v, azimuth, elevation } = row;
    const frame = { panDeg: 90, tiltDeg, hfovDeg: 60, widthPx: 1920, heightPx: 1080 };
    const box = [u / 1920, 0.1, u / 1920, v / 1080] as const;
    const { sighting } = locatedBy({ frame, box });
    expect(sighting.bearing?.azimuthDeg).toBeCloseTo(azimuth, 3);
    expect(sighting.elevation?.elevationDeg).toBeCloseTo(elevation, 3);
  });

  it('is the gimbal’s where a drone gives none', () => {
    const { sighting } = locatedBy(
      {},
      { kind: 'drone', gimbal: { azimuthDeg: 77, elevationDeg: -20 } },
    );
    expect(sighting.bearing).toEqual({ azimuthDeg: 77, sigmaDeg: 1 });
    expect(sighting.elevation).toEqual({ elevationDeg: -20, sigmaDeg: 1 });
  });
});

describe('no direction', () => {
  it('places an alarm around its camera rather than losing it', () => {
    expect(fixOf({})).toEqual({
      lon: TOWER[0],
      lat: TOWER[1],
      method: 'vicinity',
      ellipse: { semiMajorM: 15_000, semiMinorM: 15_000, orientationDeg: 0 },
    });
  });

  it('nor a place is said to be unlocated', () => {
    const drone: Observer = { ...camera, kind: 'drone', station: null };
    const located = locate({ ...nothing, azimuthDeg: 10 }, drone, { config, terrain: undefined });
    expect(located.kind).toBe('unlocated');
  });
});

describe('one sight line on terrain', () => {
  const calibrated = { azimuthSigmaDeg: 0.1, elevationSigmaDeg: 0.1 };
  const seeing = (elevationDeg: number, terrain: Terrain, heightM: number | null = 100) =>
    fixOf(
      { azimuthDeg: 30, elevationDeg },
      { ...calibrated, station: { lon: TOWER[0], lat: TOWER[1], heightM } },
      terrain,
    );

  it('grazes a plain 100 m below at −1°, whose ray ends at 5863.5 m: the draws, as wide as the formula says', () => {
    const fix = seeing(-1, plain);
    const { distanceM } = geodesicInverse(TOWER, [fix.lon, fix.lat]);
    expect(fix.method).toBe('terrain');
    // |g′| = tan 1° − 5863.5 · (1 − k)/R = 0.0167 < 0.02. Farther is likelier than nearer: a wedge widens.
    const sigmaM = Math.hypot(5863.5 * 0.1 * (Math.PI / 180), 6) / 0.0167;
    expect(distanceM).toBeGreaterThan(5863.5);
    expect(distanceM).toBeLessThan(5863.5 + sigmaM);
    expect(fix.ellipse.semiMajorM / (2.4477 * sigmaM)).toBeGreaterThan(0.8);
    expect(fix.ellipse.semiMajorM / (2.4477 * sigmaM)).toBeLessThan(1.4);
    expect(fix.ellipse.orientationDeg).toBeCloseTo(30, 0);
  });

  it('meets a face that rises towards it by the formula: σ_range = √((d·sec²el·σ_el)² + σ_z²)/|g′|', () => {
    const fix = seeing(0, face, 200);
    const { distanceM } = geodesicInverse(TOWER, [fix.lon, fix.lat]);
    expect(distanceM).toBeCloseTo(7016.8, 0);
    const descent = 0.2 - (2 * 7016.8 * 0.87) / (2 * 6_371_009);
    const sigmaM = Math.hypot(7016.8 * 0.1 * (Math.PI / 180), 6) / descent;
    expect(fix.ellipse.semiMajorM).toBeCloseTo(Math.sqrt(5.991) * sigmaM, 0);
    expect(fix.ellipse.semiMinorM).toBeCloseTo(
      Math.sqrt(5.991) * 7016.8 * 0.1 * (Math.PI / 180),
      0,
    );
  });

  it('over a crest by less than its error gives a bearing with a least range', () => {
    // The wall's edge appears at 0.55°; the smoke is seen there, and may stand anywhere behind.
    const wallDeg = (Math.atan((150 - 100) / 5000) * 180) / Math.PI - 0.0195;
    const fix = seeing(wallDeg, ridge);
    expect(fix.method).toBe('bearing');
    expect(fix.flags).toEqual(['hidden_base']);
    expect(fix.rangeMinM).toBeGreaterThan(4_900);
    expect(fix.ellipse.semiMajorM).toBeGreaterThan(500);
  });

  it('far above all ground is a flagged bearing', () => {
    expect(seeing(8, plain)).toMatchObject({ method: 'bearing', flags: ['above_ground'] });
  });

  it('from a camera whose height puts it below the ground is a flagged bearing, never a point', () => {
    const fix = seeing(-1, plain, -20);
    expect(fix).toMatchObject({ method: 'bearing', flags: ['below_ground'] });
    expect(fix.ellipse.semiMajorM).toBeGreaterThan(7_000);
  });

  it('over unknown ground is a flagged bearing', () => {
    const hole: Terrain = {
      ...plain,
      maxHeightM: 200,
      elevationM: (lon, lat) => {
        const { distanceM } = geodesicInverse(TOWER, [lon, lat]);
        return distanceM > 3_000 && distanceM < 3_300 ? Number.NaN : 0;
      },
    };
    expect(seeing(-1, hole)).toMatchObject({ method: 'bearing', flags: ['unknown_ground'] });
  });

  it('without the camera’s height or the elevation is a flagged bearing', () => {
    expect(seeing(-1, plain, null).flags).toEqual(['no_elevation']);
    expect(fixOf({ azimuthDeg: 30 }, calibrated, plain).flags).toEqual(['no_elevation']);
  });

  it('gives the same fix again', () => {
    expect(seeing(-0.8, plain)).toEqual(seeing(-0.8, plain));
  });

  it('looking steeply down from near needs no range of 300 m', () => {
    const fix = seeing(-45, plain, 120);
    expect(fix.method).toBe('terrain');
    expect(geodesicInverse(TOWER, [fix.lon, fix.lat]).distanceM).toBeCloseTo(120, 0);
  });
});
