import Type from 'typebox';

const strict = { additionalProperties: false };
const Sigma = Type.Number({ exclusiveMinimum: 0, maximum: 10 });
const Radius = Type.Number({ exclusiveMinimum: 0, maximum: 20_000 });

export const LocateConfigSchema = Type.Object(
  {
    /** σ of an azimuth and of an elevation whose camera has no calibrated value, degrees. */
    defaultAzimuthSigmaDeg: Sigma,
    defaultElevationSigmaDeg: Sigma,
    /** σ of a drone's gimbal, both angles, degrees: compass and attitude of the airframe are in it. */
    gimbalSigmaDeg: Sigma,
    /** A fire seen by azimuth alone is taken to lie between these ranges, metres. */
    bearingMinRangeM: Type.Number({ minimum: 0 }),
    bearingMaxRangeM: Type.Number({ exclusiveMinimum: 0, maximum: 50_000 }),
    /** A crossing farther than this from one of its cameras is none: no tower sees smoke that far, metres. */
    maxFixRangeM: Type.Number({ exclusiveMinimum: 0, maximum: 100_000 }),
    /** σ of a range the source measured, as a fraction of it. */
    rangeSigmaFraction: Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
    /** Mean height of smoke when it is first seen, metres: how far behind a ridge its fire may hide. */
    smokeHeightM: Type.Number({ exclusiveMinimum: 0, maximum: 2000 }),
    /** 95 % radius of a position the source reports without saying its own, metres. */
    reportedRadiusM: Type.Object(
      {
        camera: Radius,
        drone: Radius,
        /** A drone's laser range finder. */
        laser: Radius,
        /** Half a pixel and the geolocation error: VIIRS 375 m, MODIS 1 km, Himawari 2 km at nadir. */
        viirs: Radius,
        modis: Radius,
        himawari: Radius,
        caller: Radius,
        ranger: Radius,
      },
      strict,
    ),
  },
  strict,
);
