import { describe, expect, it } from 'vitest';
import { readReference } from '../../../src/terrain/geo-keys.ts';

const WGS84 = { GTModelTypeGeoKey: 2, GeographicTypeGeoKey: 4326 };

describe('what a GeoTIFF says its numbers are', () => {
  it.each([
    ['WGS-84', 4326, 'orthometric'],
    ['CGCS2000', 4490, 'orthometric'],
    ['WGS-84 in three dimensions', 4979, 'ellipsoidal'],
  ])('takes %s', (_, code, heights) => {
    const keys = { GTModelTypeGeoKey: 2, GeographicTypeGeoKey: code, GTRasterTypeGeoKey: 1 };
    expect(readReference(keys)).toEqual({ pixelIsPoint: false, heights });
  });

  it('tells points from areas', () => {
    expect(readReference({ ...WGS84, GTRasterTypeGeoKey: 2 }).pixelIsPoint).toBe(true);
    expect(readReference(WGS84).pixelIsPoint).toBe(false);
  });

  it('takes a user-defined system on a datum it knows', () => {
    const keys = { GTModelTypeGeoKey: 2, GeographicTypeGeoKey: 32_767 };
    expect(readReference({ ...keys, GeogGeodeticDatumGeoKey: 1_043 }).heights).toBe('orthometric');
    expect(() => readReference({ ...keys, GeogGeodeticDatumGeoKey: 6_214 })).toThrow(/datum/);
  });

  it.each([
    [5_773, 'orthometric'],
    [3_855, 'orthometric'],
    [5_737, 'orthometric'],
    [5_030, 'ellipsoidal'],
    [4_979, 'ellipsoidal'],
  ])('takes heights above EPSG:%i as %s', (code, heights) => {
    expect(readReference({ ...WGS84, VerticalCSTypeGeoKey: code }).heights).toBe(heights);
  });

  it.each<[string, RegExp, Record<string, unknown> | null]>([
    ['nothing', /no georeference.*gdal_translate -a_srs/, null],
    ['keys without a model', /no georeference/, { GTRasterTypeGeoKey: 1 }],
    [
      'a projected system',
      /projected system \(EPSG:32649\).*gdalwarp -t_srs EPSG:4326/,
      { GTModelTypeGeoKey: 1, ProjectedCSTypeGeoKey: 32_649 },
    ],
    ['Beijing 1954', /Beijing 1954/, { GTModelTypeGeoKey: 2, GeographicTypeGeoKey: 4_214 }],
    ['Xian 1980', /Xian 1980/, { GTModelTypeGeoKey: 2, GeographicTypeGeoKey: 4_610 }],
    ['NAD27', /NAD27/, { GTModelTypeGeoKey: 2, GeographicTypeGeoKey: 4_267 }],
    [
      'an unknown datum',
      /not stated "Unknown".*gdalwarp.*-s_srs/,
      { GTModelTypeGeoKey: 2, GeogCitationGeoKey: 'Unknown' },
    ],
    ['grads', /not degrees/, { ...WGS84, GeogAngularUnitsGeoKey: 9_105 }],
    ['Paris', /not degrees from Greenwich/, { ...WGS84, GeogPrimeMeridianGeoKey: 8_903 }],
    ['feet', /not metres/, { ...WGS84, VerticalUnitsGeoKey: 9_002 }],
    ['a foreign sea level', /EPSG:5703.*4326\+5773/, { ...WGS84, VerticalCSTypeGeoKey: 5_703 }],
  ])('refuses %s, and says how to mend it', (_, message, keys) => {
    expect(() => readReference(keys)).toThrow(message);
  });
});
