import type { CountyConfig } from '../shared/county-config.ts';
import { type Fix, geodesicDirect, type LonLat, wrap360 } from '../shared/geo.ts';
import { type Box, boxSightLine, type Frame } from './sight-line.ts';

/** √χ²(2 degrees of freedom, 95 %): from one σ to a 95 % semi-axis. */
const SIGMA_TO_95 = Math.sqrt(5.991);
const RAD = Math.PI / 180;

/** What one detection says about where the fire is. Degrees from true north, metres; null = not said. */
export type Observation = {
  position: LonLat | null;
  azimuthDeg: number | null;
  elevationDeg: number | null;
  rangeM: number | null;
  frame: Frame | null;
  box: Box | null;
};

/** The device that saw it. `origin` is where it stands (camera) or last was (drone); null = nobody knows. */
export type Observer = {
  kind: 'camera' | 'drone' | 'dock';
  origin: LonLat | null;
  azimuthOffsetDeg: number;
  azimuthSigmaDeg: number | null;
};

export type Located =
  | { kind: 'located'; fix: Fix; azimuthDeg: number | null; elevationDeg: number | null }
  | { kind: 'unlocated'; reason: string };

export type LocateConfig = CountyConfig['locate'];

/**
 * The fix of one detection, with a 95 % ellipse, from the best it offers: the position it reports; its
 * range along the azimuth; the azimuth alone as a long thin ellipse between the configured ranges; else
 * the surroundings of the device (a smoke alarm without a direction is still an alarm).
 * A pure function; `unlocated` only when neither a position nor the device's own place is known.
 */
export const locate = (seen: Observation, observer: Observer, config: LocateConfig): Located => {
  const sight = sightLine(seen, observer);
  if (seen.position !== null) {
    const radiusM = config.reportedRadiusM[observer.kind === 'camera' ? 'camera' : 'drone'];
    return located(seen.position, 'reported', circle(radiusM), sight);
  }
  if (observer.origin === null) {
    return {
      kind: 'unlocated',
      reason: 'the report has no position and the device has none either',
    };
  }
  if (sight === null) {
    return located(observer.origin, 'vicinity', circle(config.bearingMaxRangeM), null);
  }
  const sigmaRad = (observer.azimuthSigmaDeg ?? config.defaultAzimuthSigmaDeg) * RAD;
  if (seen.rangeM !== null)
    return alongAzimuth(observer.origin, sight, seen.rangeM, { sigmaRad, config });
  return bearingOnly(observer.origin, sight, { sigmaRad, config });
};

type Sight = { azimuthDeg: number; elevationDeg: number | null };

const sightLine = (seen: Observation, observer: Observer): Sight | null => {
  if (seen.azimuthDeg !== null) {
    return {
      azimuthDeg: wrap360(seen.azimuthDeg + observer.azimuthOffsetDeg),
      elevationDeg: seen.elevationDeg,
    };
  }
  if (seen.frame === null) return null;
  // Without a box the smoke is somewhere in the frame: its middle is the best single guess.
  const sight = boxSightLine(seen.frame, seen.box ?? [0.5, 0.5, 0.5, 0.5]);
  return { ...sight, azimuthDeg: wrap360(sight.azimuthDeg + observer.azimuthOffsetDeg) };
};

type Sigma = { sigmaRad: number; config: LocateConfig };

const alongAzimuth = (
  origin: LonLat,
  sight: Sight,
  rangeM: number,
  { sigmaRad, config }: Sigma,
): Located => {
  const along = SIGMA_TO_95 * rangeM * config.rangeSigmaFraction;
  const across = SIGMA_TO_95 * rangeM * sigmaRad;
  const point = geodesicDirect(origin, sight.azimuthDeg, rangeM);
  return located(point, 'range', axes(along, across, sight.azimuthDeg), sight);
};

const bearingOnly = (origin: LonLat, sight: Sight, { sigmaRad, config }: Sigma): Located => {
  const { bearingMinRangeM: near, bearingMaxRangeM: far } = config;
  // Across is taken at the far end: narrower would miss a distant fire, wider merges neighbours.
  const across = SIGMA_TO_95 * far * sigmaRad;
  const point = geodesicDirect(origin, sight.azimuthDeg, (near + far) / 2);
  return located(point, 'bearing', axes((far - near) / 2, across, sight.azimuthDeg), sight);
};

const circle = (radiusM: number): Fix['ellipse'] => ({
  semiMajorM: radiusM,
  semiMinorM: radiusM,
  orientationDeg: 0,
});

/** Semi-axes along and across an azimuth; the longer one is the major axis. */
const axes = (alongM: number, acrossM: number, azimuthDeg: number): Fix['ellipse'] =>
  alongM >= acrossM
    ? { semiMajorM: alongM, semiMinorM: acrossM, orientationDeg: azimuthDeg % 180 }
    : { semiMajorM: acrossM, semiMinorM: alongM, orientationDeg: (azimuthDeg + 90) % 180 };

const located = (
  [lon, lat]: LonLat,
  method: Fix['method'],
  ellipse: Fix['ellipse'],
  sight: Sight | null,
): Located => ({
  kind: 'located',
  fix: { lon, lat, method, ellipse },
  azimuthDeg: sight?.azimuthDeg ?? null,
  elevationDeg: sight?.elevationDeg ?? null,
});
