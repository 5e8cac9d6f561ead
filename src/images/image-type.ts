export type ImageType = 'image/jpeg' | 'image/png' | 'image/webp';

const PNG = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** What a file is by its first bytes, whatever it is called; null = neither JPEG, PNG nor WebP. */
export const imageTypeOf = (bytes: Buffer): ImageType | null => {
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg';
  if (bytes.subarray(0, PNG.length).equals(PNG)) return 'image/png';
  const isRiff = bytes.toString('latin1', 0, 4) === 'RIFF';
  return isRiff && bytes.toString('latin1', 8, 12) === 'WEBP' ? 'image/webp' : null;
};

/** What it begins with, for a technician: text as it is, the rest as dots. */
const beginningOf = (bytes: Buffer): string =>
  bytes.toString('latin1', 0, 16).replace(/[^\x20-\x7e]/g, '.');

/** The type of bytes that can be kept as a picture, else why they cannot. */
export const checkImage = (
  bytes: Buffer,
  maxBytes: number,
): { kind: 'image'; type: ImageType } | { kind: 'refused'; reason: string } => {
  const refused = (reason: string) => ({ kind: 'refused', reason }) as const;
  if (bytes.length === 0) return refused('the picture is empty');
  if (bytes.length > maxBytes) {
    return refused(
      `the picture has ${String(bytes.length)} bytes, at most ${String(maxBytes)} are kept (images.maxBytes)`,
    );
  }
  const type = imageTypeOf(bytes);
  return type === null
    ? refused(`neither JPEG, PNG nor WebP: it begins with "${beginningOf(bytes)}"`)
    : { kind: 'image', type };
};
