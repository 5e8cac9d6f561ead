import type { AircraftIdType, AircraftSighting, AircraftState } from '../../airspace/index.ts';
import type { LonLat } from '../../shared/geo.ts';

/** What Remote ID messages say; id null = it has sent none (yet). */
export type OdidReading = Omit<
  AircraftSighting,
  'id' | 'idType' | 'observedAt' | 'position' | 'reception'
> & {
  id: string | null;
  idType: AircraftIdType | null;
  position: LonLat | null;
};

/**
 * Offsets into the `ODID_UAS_Data` of opendroneid-core-c since 2.0 (two basic ids, 16 pages of authentication), as a
 * little-endian machine with 8-byte doubles on 8-byte boundaries lays it out; which parts hold something follows at the
 * end. https://github.com/opendroneid/opendroneid-core-c/blob/master/libopendroneid/opendroneid.h
 */
const AT = {
  basicIds: [0, 32],
  location: 64,
  selfId: 776,
  system: 808,
  operatorId: 864,
  basicIdValid: [892, 893],
  locationValid: 894,
  selfIdValid: 911,
  systemValid: 912,
  operatorIdValid: 913,
} as const;
export const ODID_MIN_BYTES = 914;

const CATEGORIES: Readonly<Record<number, string>> = {
  1: 'aeroplane',
  2: 'multirotor',
  3: 'gyroplane',
  4: 'hybrid_lift',
  5: 'ornithopter',
  6: 'glider',
  7: 'kite',
  8: 'free_balloon',
  9: 'captive_balloon',
  10: 'airship',
  11: 'parachute',
  12: 'rocket',
  13: 'tethered',
  14: 'ground_obstacle',
  15: 'other',
};
const STATES: Readonly<Record<number, AircraftState>> = {
  1: 'ground',
  2: 'airborne',
  3: 'emergency',
};
/** The one that stays with the aircraft first. */
const ID_TYPES: readonly (readonly [number, AircraftIdType])[] = [
  [1, 'serial_number'],
  [2, 'registration'],
  [3, 'utm_id'],
  [4, 'session_id'],
];

/**
 * Reads an `ODID_UAS_Data`; undefined where there are too few bytes for one. What is "unknown" there (0/0, −1000 m,
 * 255 m/s, 361°, NaN) is null. Pure; never throws.
 */
export const readOdid = (bytes: Buffer): OdidReading | undefined => {
  if (bytes.length < ODID_MIN_BYTES) return undefined;
  const isValid = (at: number): boolean => bytes[at] === 1;
  return {
    ...basicId(bytes),
    ...location(isValid(AT.locationValid) ? bytes.subarray(AT.location) : undefined),
    purpose: isValid(AT.selfIdValid) ? textAt(bytes, AT.selfId + 4, 23) : null,
    operatorId: isValid(AT.operatorIdValid) ? textAt(bytes, AT.operatorId + 4, 20) : null,
    operatorPosition: isValid(AT.systemValid)
      ? point(bytes.readDoubleLE(AT.system + 16), bytes.readDoubleLE(AT.system + 8))
      : null,
  };
};

const basicId = (bytes: Buffer): Pick<OdidReading, 'id' | 'idType' | 'category'> => {
  const said = AT.basicIds.flatMap((at, i) =>
    bytes[AT.basicIdValid[i] ?? 0] === 1
      ? [{ category: bytes.readInt32LE(at), type: bytes.readInt32LE(at + 4), at: at + 8 }]
      : [],
  );
  const category = said.map((each) => CATEGORIES[each.category]).find((name) => name !== undefined);
  for (const [type, idType] of ID_TYPES) {
    const found = said.find((each) => each.type === type);
    const id = found === undefined ? null : idAt(bytes, found.at);
    if (id !== null) return { id, idType, category: category ?? null };
  }
  return { id: null, idType: null, category: category ?? null };
};

const location = (
  bytes: Buffer | undefined,
): Omit<
  OdidReading,
  'id' | 'idType' | 'category' | 'purpose' | 'operatorId' | 'operatorPosition'
> => {
  const float = (at: number, min: number, max: number): number | null => {
    const value = bytes?.readFloatLE(at) ?? Number.NaN;
    return value >= min && value <= max ? value : null;
  };
  const heightM = float(44, -999.9, 31_767);
  return {
    state: STATES[bytes?.readInt32LE(0) ?? 0] ?? null,
    headingDeg: course(float(4, 0, 360)),
    speedMps: float(8, 0, 254.25),
    verticalSpeedMps: float(12, -62, 62),
    position: bytes === undefined ? null : point(bytes.readDoubleLE(24), bytes.readDoubleLE(16)),
    altitudeM: float(36, -999.9, 31_767),
    heightM,
    heightRef: heightM === null ? null : bytes?.readInt32LE(40) === 1 ? 'ground' : 'takeoff',
  };
};

const course = (degrees: number | null): number | null => (degrees === 360 ? 0 : degrees);

const point = (lon: number, lat: number): LonLat | null =>
  Math.abs(lon) <= 180 && Math.abs(lat) <= 90 && (lon !== 0 || lat !== 0) ? [lon, lat] : null;

/** Up to the first NUL; null where nothing readable is left. */
const textAt = (bytes: Buffer, at: number, length: number): string | null => {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  const text = field.toString('utf8', 0, end === -1 ? length : end);
  const readable = text.replaceAll(/[\p{Cc}\ufffd]/gu, '').trim();
  return readable === '' ? null : readable;
};

/** A UUID or session id is bytes: those that cannot be read are written in hexadecimal. */
const idAt = (bytes: Buffer, at: number): string | null => {
  const field = bytes.subarray(at, at + 20);
  const text = field.toString('latin1').replace(/\0+$/, '').trim();
  if (text === '') return null;
  return /^[\x21-\x7e]+$/.test(text) ? text : field.toString('hex');
};
