/** UCS-2 code units in a message of one part: 140 octets. */
const SINGLE_UNITS = 70;
/** With the 6-octet header of a concatenated message: (140 − 6) / 2. */
const PART_UNITS = 67;
const MAX_PARTS = 255;

export type SmsPart = {
  /** User data, header included. */
  octets: Buffer;
  /** Whether it begins with a user data header, to be flagged in `esm_class`. */
  hasHeader: boolean;
};

/**
 * Cuts a text into UCS-2 short messages: one of up to 70 code units, else parts of up to 67 with a concatenation header
 * (8-bit reference). No surrogate pair is split between parts. Throws RangeError above 255 parts.
 */
export const segmentUcs2 = (text: string, reference: number): SmsPart[] => {
  if (text.length <= SINGLE_UNITS) return [{ octets: ucs2(text), hasHeader: false }];
  const pieces = cut(text);
  if (pieces.length > MAX_PARTS) {
    throw new RangeError(`${text.length} characters need ${pieces.length} parts; 255 are the most`);
  }
  return pieces.map((piece, index) => ({
    // Length of the header, element 0 (8-bit reference), its length, reference, how many parts, which one.
    octets: Buffer.concat([
      Buffer.from([5, 0, 3, reference & 0xff, pieces.length, index + 1]),
      ucs2(piece),
    ]),
    hasHeader: true,
  }));
};

const ucs2 = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

const cut = (text: string): string[] => {
  const pieces: string[] = [];
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + PART_UNITS, text.length);
    if (end < text.length && isPair(text, end - 1)) end -= 1;
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
};

const isPair = (text: string, index: number): boolean => (text.codePointAt(index) ?? 0) > 0xffff;
