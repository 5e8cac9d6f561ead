/**
 * The ground as a function of place. WGS-84 degrees in; metres above mean sea level (orthometric) out.
 * Made from imported tiles (`createTerrain`), or by a test from a formula.
 */
export type Terrain = {
  /** Bilinear between samples; NaN where nothing is known: a void, or outside all tiles. Never 0 for unknown. */
  elevationM(lon: number, lat: number): number;
  /** Distance between samples, metres: the longest step that cannot jump over a crest the data knows. */
  cellM: number;
  /** The highest sample: above it a ray meets no ground, known or not. */
  maxHeightM: number;
  /** One σ of a height, metres. */
  heightSigmaM: number;
  /** Is the place inside the tiles? Tells a void from the edge of the data; absent: every place is inside. */
  covers?(lon: number, lat: number): boolean;
};

/** Why nothing is known of a place: a void in the data, or outside all tiles. */
export type Unknown = 'void' | 'outside';

export const whyUnknown = (terrain: Terrain, lon: number, lat: number): Unknown =>
  terrain.covers === undefined || terrain.covers(lon, lat) ? 'void' : 'outside';

/** Where an eye or a lens is: WGS-84, metres above mean sea level. */
export type Eye = { lon: number; lat: number; heightM: number };
