import type { Ellipse } from '../shared/geo.ts';

/** What kind of source saw it: decides error, likelihood ratio and for how long it may join a fire. */
export type SourceKind = 'camera' | 'drone' | 'dock' | 'satellite' | 'caller' | 'ranger';

/** Where a source stood: WGS-84, metres above mean sea level (null = nobody knows). */
export type Station = { lon: number; lat: number; heightM: number | null };

/** One value with its standard deviation. */
type Measured<K extends string> = { [P in K]: number } & { sigmaDeg: number };

/**
 * What one detection says of the place, as measurements that can be combined with others. Kept with the detection:
 * a fix is made again from these whenever a detection joins, leaves or is corrected.
 */
export type Sighting = {
  station: Station | null;
  /** From true north at the station. */
  bearing: Measured<'azimuthDeg'> | null;
  /** Of the lowest smoke that was seen, above the horizontal. */
  elevation: Measured<'elevationDeg'> | null;
  /** Measured by the source, or where its ray meets the terrain; metres over ground. */
  range: { rangeM: number; sigmaM: number } | null;
  /**
   * As far as is known without a range, and never to judge agreement: of the `terrain`, where the base may hide behind
   * a ridge; or only the `reach` of the source, which counts where nothing else gives a range.
   */
  rangePrior: { rangeM: number; sigmaM: number; from: 'terrain' | 'reach' } | null;
  /** A position the source reports; it then stands for all of the above. */
  point: { lon: number; lat: number; ellipse: Ellipse } | null;
};
