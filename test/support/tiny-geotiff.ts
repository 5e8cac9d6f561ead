type Samples = Uint8Array | Int16Array | Float32Array;

export type TinyGeoTiff = {
  width: number;
  height: number;
  /** Row by row from north; with several bands, pixel by pixel. */
  samples: Samples;
  bands?: number;
  /** GeoTIFF keys by number, SHORT values only; null: no georeference at all. */
  keys?: Record<number, number> | null;
  scale?: [lon: number, lat: number];
  /** Position of the first pixel: its corner, or with PixelIsPoint its middle. */
  tie?: [lon: number, lat: number];
  noData?: string;
  gdalMetadata?: string;
};

/** Keys of WGS-84 longitude and latitude, PixelIsArea. */
export const WGS84_KEYS = { 1024: 2, 1025: 1, 2048: 4326 };

type Field = { tag: number; type: number; count: number; bytes: Uint8Array };

const SIZES: Record<number, number> = { 2: 1, 3: 2, 4: 4, 12: 8 };
const writers: Record<number, (view: DataView, at: number, value: number) => void> = {
  2: (view, at, value) => view.setUint8(at, value),
  3: (view, at, value) => view.setUint16(at, value, true),
  4: (view, at, value) => view.setUint32(at, value, true),
  12: (view, at, value) => view.setFloat64(at, value, true),
};

const field = (tag: number, type: 2 | 3 | 4 | 12, values: readonly number[]): Field => {
  const size = SIZES[type] ?? 0;
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) writers[type]?.(view, i * size, value);
  return { tag, type, count: values.length, bytes };
};

const ascii = (tag: number, text: string): Field => field(tag, 2, [...Buffer.from(`${text}\0`)]);

/** A GeoTIFF as simple as can be: little-endian, one uncompressed strip, the tags a reader needs. */
export const tinyGeoTiff = ({
  width,
  height,
  samples,
  bands = 1,
  keys = WGS84_KEYS,
  scale = [0.01, 0.01],
  tie = [113, 27],
  noData,
  gdalMetadata,
}: TinyGeoTiff): Uint8Array => {
  const data = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const format = samples instanceof Float32Array ? 3 : samples instanceof Int16Array ? 2 : 1;
  const perBand = (value: number): number[] => Array.from({ length: bands }, () => value);
  const fields = [
    field(256, 4, [width]),
    field(257, 4, [height]),
    field(258, 3, perBand(samples.BYTES_PER_ELEMENT * 8)),
    field(259, 3, [1]),
    field(262, 3, [bands === 3 ? 2 : 1]),
    field(273, 4, [8]),
    field(277, 3, [bands]),
    field(278, 4, [height]),
    field(279, 4, [data.byteLength]),
    field(284, 3, [1]),
    field(339, 3, perBand(format)),
    ...(keys === null
      ? []
      : [
          field(33550, 12, [...scale, 0]),
          field(33922, 12, [0, 0, 0, ...tie, 0]),
          field(
            34735,
            3,
            [
              [1, 1, 0, Object.keys(keys).length],
              ...Object.entries(keys).map(([key, value]) => [Number(key), 0, 1, value]),
            ].flat(),
          ),
        ]),
    ...(gdalMetadata === undefined ? [] : [ascii(42112, gdalMetadata)]),
    ...(noData === undefined ? [] : [ascii(42113, noData)]),
  ];
  return assemble(data, fields);
};

const assemble = (data: Uint8Array, fields: readonly Field[]): Uint8Array => {
  const even = data.byteLength + (data.byteLength % 2);
  const directory = 8 + even;
  const after = directory + 2 + fields.length * 12 + 4;
  const long = fields.filter(({ bytes }) => bytes.byteLength > 4);
  const file = new Uint8Array(after + long.reduce((sum, { bytes }) => sum + bytes.byteLength, 0));
  const view = new DataView(file.buffer);
  file.set([0x49, 0x49, 42, 0]);
  view.setUint32(4, directory, true);
  file.set(data, 8);
  view.setUint16(directory, fields.length, true);
  let next = after;
  for (const [i, { tag, type, count, bytes }] of fields.entries()) {
    const at = directory + 2 + i * 12;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, count, true);
    if (bytes.byteLength <= 4) file.set(bytes, at + 8);
    else {
      view.setUint32(at + 8, next, true);
      file.set(bytes, next);
      next += bytes.byteLength;
    }
  }
  return file;
};
