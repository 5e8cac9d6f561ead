import { type LocateConfig, type Located, locate, type Station } from '../../src/locate/index.ts';
import type { Terrain } from '../../src/terrain/index.ts';

type Line = { azimuthDeg: number; elevationDeg?: number | null; rangeM?: number | null };

/**
 * What the service makes of a sight line of a camera without mounting errors, whose angles have the same σ. Angles in degrees
 * from true north and from the horizon. Throws where it locates nothing.
 */
export const locateLine = (
  { azimuthDeg, elevationDeg = null, rangeM = null }: Line,
  { station, sigmaDeg }: { station: Station; sigmaDeg: number },
  world: { config: LocateConfig; terrain: Terrain | undefined },
): Omit<Extract<Located, { kind: 'located' }>, 'kind'> => {
  const located = locate(
    {
      position: null,
      positionRadiusM: null,
      positionEllipse: null,
      azimuthDeg,
      elevationDeg,
      rangeM,
      frame: null,
      box: null,
    },
    {
      kind: 'camera',
      sensor: null,
      station,
      azimuthSigmaDeg: sigmaDeg,
      elevationSigmaDeg: sigmaDeg,
      gimbal: null,
      azimuthOffsetDeg: 0,
      tiltOffsetDeg: 0,
      focalScale: 1,
    },
    world,
  );
  if (located.kind === 'unlocated') throw new Error(located.reason);
  return located;
};
