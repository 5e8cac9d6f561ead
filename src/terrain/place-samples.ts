import type { Reference } from './geo-keys.ts';
import { type Raster, refused } from './tile.ts';

/** Where the first pixel lies (its middle or its corner, as `Reference` says), and the steps; degrees, latStep down. */
export type Affine = { west: number; north: number; lonStep: number; latStep: number };

/**
 * The middle of the first sample and the steps between samples. Throws AppError('unprocessable') for what
 * is not on Earth, or not from north to south.
 */
export const placeSamples = (
  { west, north, lonStep, latStep }: Affine,
  { width, height, reference }: { width: number; height: number; reference: Reference },
): Pick<Raster, 'west' | 'north' | 'lonStep' | 'latStep'> => {
  if (!(lonStep > 0 && latStep > 0)) {
    throw refused(
      'its rows do not run from north to south; gdalwarp -t_srs EPSG:4326 -r bilinear in.tif out.tif',
    );
  }
  const inset = reference.pixelIsPoint ? 0 : 0.5;
  const placed = {
    west: west + inset * lonStep,
    north: north - inset * latStep,
    lonStep,
    latStep,
  };
  const east = placed.west + (width - 1) * lonStep;
  const south = placed.north - (height - 1) * latStep;
  // NaN fails every comparison, so it ends here too.
  if (!(placed.west >= -180 && east <= 180 && south >= -90 && placed.north <= 90)) {
    throw refused(
      `it says it covers ${placed.west.toFixed(3)}…${east.toFixed(3)}° east and ${south.toFixed(3)}…${placed.north.toFixed(3)}° north, which are no longitudes and latitudes; are they metres, or swapped? gdalwarp -s_srs EPSG:CODE -t_srs EPSG:4326 in.tif out.tif`,
    );
  }
  return placed;
};
