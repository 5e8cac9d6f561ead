import type { Direction } from './sight-line.ts';

const RAD = Math.PI / 180;

/** The angle between two directions, degrees in [0, 180]; the haversine form, as exact at 0.001° as at 90°. */
export const angleBetween = (a: Direction, b: Direction): number => {
  const halfEl = Math.sin(((a.elevationDeg - b.elevationDeg) / 2) * RAD);
  const halfAz = Math.sin(((a.azimuthDeg - b.azimuthDeg) / 2) * RAD);
  const cos = Math.cos(a.elevationDeg * RAD) * Math.cos(b.elevationDeg * RAD);
  return (2 * Math.asin(Math.min(1, Math.sqrt(halfEl * halfEl + cos * halfAz * halfAz)))) / RAD;
};
