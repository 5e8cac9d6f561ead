import { refused } from './tile.ts';

/** The keys of a GeoTIFF that say what its numbers are (OGC GeoTIFF 1.1, annex B). */
export type GeoKeys = Readonly<Record<string, unknown>>;

export type Reference = {
  /** Sample positions: PixelIsPoint, or PixelIsArea with the middle half a pixel in. */
  pixelIsPoint: boolean;
  heights: 'orthometric' | 'ellipsoidal';
};

const MODEL_GEOGRAPHIC = 2;
const PIXEL_IS_POINT = 2;
const DEGREE = 9_102;
const METRE = 9_001;
const GREENWICH = 8_901;
const USER_DEFINED = 32_767;

const WARP = 'gdalwarp -t_srs EPSG:4326 -r bilinear in.tif out.tif';

/**
 * WGS-84, and CGCS2000: both are realisations of ITRS on ellipsoids that differ by 0.1 mm, and apart by
 * the drift of the plates since 2000, a few decimetres. The three-dimensional ones carry ellipsoidal heights.
 */
const PLACES: Readonly<Record<number, Reference['heights']>> = {
  4326: 'orthometric',
  4490: 'orthometric',
  4979: 'ellipsoidal',
  4480: 'ellipsoidal',
};
/** The datums behind them, for files whose system is user-defined: WGS-84, CGCS2000. */
const DATUMS = [6_326, 1_043];

/** Datums met in old Chinese and American files, and how far from WGS-84 they put a hill. */
const FOREIGN: Readonly<Record<number, string>> = {
  4214: 'Beijing 1954, some 100 m off',
  4610: 'Xian 1980, some 100 m off',
  4555: 'New Beijing, some 100 m off',
  4267: 'NAD27, up to 200 m off',
  4269: 'NAD83, 1–2 m off',
};

/** EGM96, EGM2008, Yellow Sea 1956 and 1985: mean sea level within a metre of each other. */
const SEA_LEVELS = [5_773, 3_855, 5_736, 5_737];
/** GeoTIFF 1.0's WGS-84 ellipsoid, and the three-dimensional systems used as a vertical one. */
const ELLIPSOIDS = [5_030, 4_979, 4_480];

/** Says how to read the file, or throws AppError('unprocessable') with what is wrong and how to mend it. */
export const readReference = (keys: GeoKeys | null): Reference => {
  if (keys === null) throw refused(NO_REFERENCE);
  const place = placeOf(keys);
  const vertical = verticalOf(keys);
  return {
    pixelIsPoint: keys['GTRasterTypeGeoKey'] === PIXEL_IS_POINT,
    heights: vertical ?? place,
  };
};

export const NO_REFERENCE =
  'it has no georeference, so nobody knows where it lies; if you do: gdal_translate -a_srs EPSG:4326 -a_ullr WEST NORTH EAST SOUTH in.tif out.tif';

const placeOf = (keys: GeoKeys): Reference['heights'] => {
  const model = keys['GTModelTypeGeoKey'];
  if (model === 1) {
    const code = keys['ProjectedCSTypeGeoKey'];
    const name = typeof code === 'number' && code !== USER_DEFINED ? ` (EPSG:${code})` : '';
    throw refused(`it is in a projected system${name}, metres not degrees; ${WARP}`);
  }
  if (model !== MODEL_GEOGRAPHIC) throw refused(NO_REFERENCE);
  const unit = keys['GeogAngularUnitsGeoKey'] ?? DEGREE;
  const meridian = keys['GeogPrimeMeridianGeoKey'] ?? GREENWICH;
  if (unit !== DEGREE || meridian !== GREENWICH) {
    throw refused(`its coordinates are not degrees from Greenwich; ${WARP}`);
  }
  const code = keys['GeographicTypeGeoKey'];
  const heights = typeof code === 'number' ? PLACES[code] : undefined;
  if (heights !== undefined) return heights;
  const datum = keys['GeogGeodeticDatumGeoKey'];
  if ((code === undefined || code === USER_DEFINED) && DATUMS.includes(Number(datum))) {
    return 'orthometric';
  }
  throw refused(foreign(code, keys['GeogCitationGeoKey']));
};

const foreign = (code: unknown, citation: unknown): string => {
  const known = typeof code === 'number' ? FOREIGN[code] : undefined;
  const called = typeof citation === 'string' && citation !== '' ? ` "${citation}"` : '';
  const what =
    known !== undefined
      ? `EPSG:${String(code)}: ${known}`
      : typeof code === 'number' && code !== USER_DEFINED
        ? `EPSG:${code}${called}`
        : `not stated${called}`;
  return `its datum is neither WGS-84 (EPSG:4326) nor CGCS2000 (EPSG:4490) but ${what}; ${WARP}, with -s_srs if you know what it is in`;
};

/** Undefined: not stated, which elevation data leave out when they mean mean sea level. */
const verticalOf = (keys: GeoKeys): Reference['heights'] | undefined => {
  const unit = keys['VerticalUnitsGeoKey'] ?? METRE;
  if (unit !== METRE) {
    throw refused(
      'its heights are not metres; gdal_calc.py -A in.tif --calc="A*0.3048" --type=Float32 --outfile=out.tif turns feet into metres, and gdal_edit.py -a_srs EPSG:4326 then removes the old unit',
    );
  }
  const code = keys['VerticalCSTypeGeoKey'];
  if (typeof code !== 'number') return undefined;
  if (ELLIPSOIDS.includes(code)) return 'ellipsoidal';
  if (SEA_LEVELS.includes(code)) return 'orthometric';
  throw refused(
    `its heights are above EPSG:${code}, which is none of EGM96 (5773), EGM2008 (3855), Yellow Sea (5737) or the ellipsoid; gdalwarp -t_srs EPSG:4326+5773 in.tif out.tif`,
  );
};
