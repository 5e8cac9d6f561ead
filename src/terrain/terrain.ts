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
};

/** Where an eye or a lens is: WGS-84, metres above mean sea level. */
export type Eye = { lon: number; lat: number; heightM: number };
