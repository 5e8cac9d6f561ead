import { encodeGsm7 } from './gsm7.ts';

/** SMPP's `data_coding`: the centre's default alphabet, taken to be GSM 03.38; and UCS-2. */
const GSM7 = 0;
const UCS2 = 8;

/** A message of one part holds 140 octets: 160 septets, or 70 UCS-2 code units. */
const SINGLE = { [GSM7]: 160, [UCS2]: 70 } as const;
/** With the 6-octet header of a concatenated message: (140 − 6) × 8 / 7 septets, or (140 − 6) / 2 code units. */
const PART = { [GSM7]: 153, [UCS2]: 67 } as const;
const MAX_PARTS = 255;

export type Alphabet = 'gsm7' | 'ucs2';

export type SmsPart = {
  /** User data, header included. GSM 03.38 unpacked: an octet a septet, which the centre packs. */
  octets: Buffer;
  /** Whether it begins with a user data header, to be flagged in `esm_class`. */
  hasHeader: boolean;
  dataCoding: typeof GSM7 | typeof UCS2;
};

/**
 * Cuts a text into short messages: one, or parts with a concatenation header (8-bit reference). A text that is wholly in
 * GSM 03.38 goes as that (160 characters, 153 a part), unless `alphabet` is `ucs2`; any other as UCS-2 (70, 67 a
 * part). Neither a surrogate pair nor an escaped character is split between parts. Throws RangeError above 255 parts.
 */
export const segmentSms = (
  text: string,
  reference: number,
  alphabet: Alphabet = 'gsm7',
): SmsPart[] => {
  const septets = alphabet === 'gsm7' ? encodeGsm7(text) : undefined;
  const dataCoding = septets === undefined ? UCS2 : GSM7;
  // Each character with what it takes up: octets to send, units to count.
  const characters =
    septets?.map((values) => ({ octets: Buffer.from(values), units: values.length })) ??
    Array.from(text, (char) => ({ octets: ucs2(char), units: char.length }));
  const total = characters.reduce((sum, { units }) => sum + units, 0);
  const limit = total <= SINGLE[dataCoding] ? SINGLE[dataCoding] : PART[dataCoding];
  const pieces = fill(characters, limit);
  if (pieces.length > MAX_PARTS) {
    throw new RangeError(`${text.length} characters need ${pieces.length} parts; 255 are the most`);
  }
  const hasHeader = pieces.length > 1;
  return pieces.map((piece, index) => ({
    // Length of the header, element 0 (8-bit reference), its length, reference, how many parts, which one.
    octets: hasHeader
      ? Buffer.concat([
          Buffer.from([5, 0, 3, reference & 0xff, pieces.length, index + 1]),
          ...piece,
        ])
      : Buffer.concat(piece),
    hasHeader,
    dataCoding,
  }));
};

const ucs2 = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

type Character = { octets: Buffer; units: number };

const fill = (characters: readonly Character[], limit: number): Buffer[][] => {
  let piece: Buffer[] = [];
  const pieces = [piece];
  let used = 0;
  for (const { octets, units } of characters) {
    if (used + units > limit) {
      piece = [];
      pieces.push(piece);
      used = 0;
    }
    piece.push(octets);
    used += units;
  }
  return pieces;
};
