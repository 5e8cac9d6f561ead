import type { LocateConfig, Observation, Observer } from '../../../src/locate/index.ts';
import type { LonLat } from '../../../src/shared/geo.ts';

export const TOWER: LonLat = [113.27, 26.71];

export const config: LocateConfig = {
  defaultAzimuthSigmaDeg: 0.5,
  defaultElevationSigmaDeg: 0.5,
  gimbalSigmaDeg: 1,
  bearingMinRangeM: 300,
  bearingMaxRangeM: 15_000,
  maxFixRangeM: 30_000,
  rangeSigmaFraction: 0.1,
  smokeHeightM: 80,
  reportedRadiusM: {
    camera: 200,
    drone: 100,
    laser: 30,
    viirs: 500,
    modis: 1000,
    himawari: 3000,
    caller: 300,
    ranger: 100,
  },
};

export const camera: Observer = {
  kind: 'camera',
  sensor: null,
  station: { lon: TOWER[0], lat: TOWER[1], heightM: 100 },
  azimuthSigmaDeg: null,
  elevationSigmaDeg: null,
  gimbal: null,
  azimuthOffsetDeg: 0,
  tiltOffsetDeg: 0,
  focalScale: 1,
};

export const nothing: Observation = {
  position: null,
  positionRadiusM: null,
  positionEllipse: null,
  azimuthDeg: null,
  elevationDeg: null,
  rangeM: null,
  frame: null,
  box: null,
};
