import type { CountyConfig } from '../shared/county-config.ts';
import {
  type Ellipse,
  type Fix,
  type FixFlag,
  geodesicDirect,
  type LonLat,
  wrap360,
} from '../shared/geo.ts';
import type { Terrain } from '../terrain/index.ts';
import { CHI2_95 } from './covariance.ts';
import { rayEllipse } from './draws-ellipse.ts';
import type { SightLine } from './ground-posterior.ts';
import { type Box, boxDirection, type Frame, type Mounting } from './sight-line.ts';
import type { Sighting, SourceKind, Station } from './sighting.ts';
import { fixOnTerrain } from './terrain-fix.ts';

/** √χ²(2 degrees of freedom, 95 %): from one σ to a 95 % semi-axis. */
const SIGMA_TO_95 = Math.sqrt(CHI2_95);
const RAD = Math.PI / 180;
/** A frame without a box that is wider than this leaves more room than the surroundings of its camera. */
const WIDEST_WEDGE_DEG = 80;
/** A drone looks steeply down; nearer than this even it sees itself. */
const NEAREST_GROUND_M = 20;
/** The ellipse of a bare bearing reaches from the nearest to the farthest range, times this. */
const BEYOND_ENDS = 1.06;

/** What one detection says about where the fire is. Degrees from true north, metres; null = not said. */
export type Observation = {
  position: LonLat | null;
  /** 95 % radius of `position` where the source says one, metres. */
  positionRadiusM: number | null;
  /** 95 % ellipse about `position` where it is an area: the village a caller names. */
  positionEllipse: Ellipse | null;
  azimuthDeg: number | null;
  elevationDeg: number | null;
  rangeM: number | null;
  frame: Frame | null;
  box: Box | null;
};

/** The device that saw it. `station` is where it stands (camera) or last was (drone); null = nobody knows. */
export type Observer = Mounting & {
  kind: SourceKind;
  /** `viirs`, `modis`, `himawari`: what decides how large a satellite's pixel is. */
  sensor: string | null;
  station: Station | null;
  /** One σ, degrees; null = the county's default. */
  azimuthSigmaDeg: number | null;
  elevationSigmaDeg: number | null;
  /** Where its gimbal looks, for a drone whose detection gives no direction of its own. */
  gimbal: { azimuthDeg: number; elevationDeg: number } | null;
};

export type Located =
  | { kind: 'located'; fix: Fix; sighting: Sighting }
  | { kind: 'unlocated'; reason: string };

export type LocateConfig = CountyConfig['locate'];
export type LocateWorld = { config: LocateConfig; terrain: Terrain | undefined };

/**
 * The fix of one detection, with a 95 % ellipse, from the best it offers: the position it reports; its range along
 * the azimuth; its sight line cut with the terrain; the azimuth alone as a long thin ellipse between the configured
 * ranges; else the surroundings of the device (a smoke alarm without a direction is still an alarm).
 * A pure function; `unlocated` only when neither a position nor the device's own place is known.
 */
export const locate = (seen: Observation, observer: Observer, world: LocateWorld): Located => {
  const direction = directionOf(seen, observer);
  const { station } = observer;
  const base = { station, ...measuredAngles(direction, observer, world.config) };
  if (seen.position !== null) {
    const ellipse = seen.positionEllipse ?? circle(reportedRadiusM(seen, observer, world.config));
    const [lon, lat] = seen.position;
    return {
      kind: 'located',
      fix: { lon, lat, method: 'reported', ellipse },
      sighting: { ...base, range: null, rangePrior: null, point: { lon, lat, ellipse } },
    };
  }
  if (station === null) {
    return {
      kind: 'unlocated',
      reason: 'the report has no position and the device has none either',
    };
  }
  if (base.bearing === null) {
    const ellipse = circle(world.config.bearingMaxRangeM);
    const { lon, lat } = station;
    return {
      kind: 'located',
      fix: { lon, lat, method: 'vicinity', ellipse },
      sighting: { ...base, range: null, rangePrior: null, point: { lon, lat, ellipse } },
    };
  }
  const aimed: Aimed = { ...base, station, bearing: base.bearing };
  return seen.rangeM === null
    ? alongSightLine(aimed, world)
    : alongMeasuredRange(aimed, seen.rangeM, world.config);
};

type Aimed = Pick<Sighting, 'elevation'> & {
  station: Station;
  bearing: NonNullable<Sighting['bearing']>;
};

/** `spreadDeg`: one σ of where in the frame it is, besides what the mount is off by. */
type Direction = { azimuthDeg: number; elevationDeg: number | null; spreadDeg?: number };

const directionOf = (seen: Observation, observer: Observer): Direction | null => {
  if (seen.azimuthDeg !== null) {
    return {
      azimuthDeg: wrap360(seen.azimuthDeg + observer.azimuthOffsetDeg),
      elevationDeg: seen.elevationDeg === null ? null : seen.elevationDeg + observer.tiltOffsetDeg,
    };
  }
  if (seen.frame === null) return observer.gimbal;
  if (seen.box !== null) return boxDirection(seen.frame, seen.box, observer);
  // Without a box the smoke is somewhere in the frame, as likely on the left as on the right: of that a uniform
  // distribution's σ. Of elevation nothing is known.
  const { hfovDeg } = seen.frame;
  if (hfovDeg > WIDEST_WEDGE_DEG) return null;
  const middle = boxDirection(seen.frame, [0.5, 0.5, 0.5, 0.5], observer);
  return { azimuthDeg: middle.azimuthDeg, elevationDeg: null, spreadDeg: hfovDeg / Math.sqrt(12) };
};

const measuredAngles = (
  direction: Direction | null,
  observer: Observer,
  config: LocateConfig,
): Pick<Sighting, 'bearing' | 'elevation'> => {
  if (direction === null) return { bearing: null, elevation: null };
  const byGimbal = observer.kind === 'drone' || observer.kind === 'dock';
  const { azimuthDeg, elevationDeg, spreadDeg = 0 } = direction;
  const mountSigma =
    observer.azimuthSigmaDeg ?? (byGimbal ? config.gimbalSigmaDeg : config.defaultAzimuthSigmaDeg);
  const elevationSigma =
    observer.elevationSigmaDeg ??
    (byGimbal ? config.gimbalSigmaDeg : config.defaultElevationSigmaDeg);
  return {
    bearing: { azimuthDeg, sigmaDeg: Math.hypot(mountSigma, spreadDeg) },
    elevation: elevationDeg === null ? null : { elevationDeg, sigmaDeg: elevationSigma },
  };
};

const reportedRadiusM = (seen: Observation, observer: Observer, config: LocateConfig): number => {
  if (seen.positionRadiusM !== null) return seen.positionRadiusM;
  const { reportedRadiusM: radius } = config;
  // A drone that gives a target's position with a range has measured it with its laser.
  if (observer.kind === 'drone' && seen.rangeM !== null) return radius.laser;
  if (observer.kind === 'satellite') {
    return radius[
      observer.sensor === 'himawari' || observer.sensor === 'modis' ? observer.sensor : 'viirs'
    ];
  }
  return observer.kind === 'dock' ? radius.drone : radius[observer.kind];
};

const alongMeasuredRange = (aimed: Aimed, rangeM: number, config: LocateConfig): Located => {
  const { station, bearing } = aimed;
  const sigmaM = rangeM * config.rangeSigmaFraction;
  const ellipse = rayEllipse(
    { alongM: SIGMA_TO_95 * sigmaM, acrossM: SIGMA_TO_95 * rangeM * bearing.sigmaDeg * RAD },
    bearing.azimuthDeg,
  );
  const at = geodesicDirect([station.lon, station.lat], bearing.azimuthDeg, rangeM);
  return {
    kind: 'located',
    fix: { lon: at[0], lat: at[1], method: 'range', ellipse },
    sighting: { ...aimed, range: { rangeM, sigmaM }, rangePrior: null, point: null },
  };
};

const alongSightLine = (aimed: Aimed, { config, terrain }: LocateWorld): Located => {
  const { station, bearing, elevation } = aimed;
  if (terrain === undefined) return bearingOnly(aimed, config, 'no_terrain');
  if (elevation === null || station.heightM === null)
    return bearingOnly(aimed, config, 'no_elevation');
  const sight: SightLine = {
    azimuthDeg: bearing.azimuthDeg,
    azimuthSigmaDeg: bearing.sigmaDeg,
    elevationDeg: elevation.elevationDeg,
    elevationSigmaDeg: elevation.sigmaDeg,
  };
  const ground = fixOnTerrain(
    terrain,
    { lon: station.lon, lat: station.lat, heightM: station.heightM },
    sight,
    {
      minRangeM: NEAREST_GROUND_M,
      maxRangeM: config.bearingMaxRangeM,
      smokeHeightM: config.smokeHeightM,
    },
  );
  if (ground.kind === 'none') return bearingOnly(aimed, config, ground.flag);
  const [lon, lat] = ground.at;
  const range = { rangeM: ground.rangeM, sigmaM: ground.rangeSigmaM };
  const place = { lon, lat, ellipse: ground.ellipse };
  return ground.kind === 'ground'
    ? {
        kind: 'located',
        fix: { ...place, method: 'terrain' },
        sighting: { ...aimed, range, rangePrior: null, point: null },
      }
    : {
        kind: 'located',
        fix: { ...place, method: 'bearing', flags: [ground.flag], rangeMinM: ground.rangeMinM },
        sighting: {
          ...aimed,
          range: null,
          rangePrior: { ...range, from: 'terrain' },
          point: null,
        },
      };
};

const bearingOnly = (aimed: Aimed, config: LocateConfig, flag: FixFlag): Located => {
  const { station, bearing } = aimed;
  const { bearingMinRangeM: near, bearingMaxRangeM: far } = config;
  const rangeM = (near + far) / 2;
  // Across is taken at the far end, and a little beyond both ends: an ellipse from end to end misses 7 % of fires that
  // are as likely on each hectare, for it is thinnest where the wedge is widest. This one misses 5 % of them, and fewer
  // of those that are as likely at each range.
  const ellipse = rayEllipse(
    {
      alongM: (BEYOND_ENDS * (far - near)) / 2,
      acrossM: SIGMA_TO_95 * far * bearing.sigmaDeg * RAD,
    },
    bearing.azimuthDeg,
  );
  const [lon, lat] = geodesicDirect([station.lon, station.lat], bearing.azimuthDeg, rangeM);
  return {
    kind: 'located',
    fix: { lon, lat, method: 'bearing', ellipse, flags: [flag] },
    sighting: {
      ...aimed,
      range: null,
      rangePrior: { rangeM, sigmaM: (far - near) / 2 / SIGMA_TO_95, from: 'reach' },
      point: null,
    },
  };
};

const circle = (radiusM: number): Ellipse => ({
  semiMajorM: radiusM,
  semiMinorM: radiusM,
  orientationDeg: 0,
});
