export type CsvText = { ok: true; text: string } | { ok: false; reason: string };

/** The text of a file as offices save it: UTF-8 with or without a mark, UTF-16 with one (Excel's "Unicode text"), GB18030. */
export const decodeCsv = (bytes: Uint8Array): CsvText => {
  const text =
    (bytes[0] === 0xff && bytes[1] === 0xfe ? decode(bytes, 'utf-16le') : undefined) ??
    // Chinese text in GB18030 is next to never valid UTF-8, while the reverse is common: so UTF-8 is tried first.
    decode(bytes, 'utf-8') ??
    decode(bytes, 'gb18030');
  if (text === undefined || text.includes('\0')) {
    const reason = 'is not text in UTF-8 or GB18030; in Excel, save as "CSV UTF-8"';
    return { ok: false, reason };
  }
  return { ok: true, text };
};

const decode = (bytes: Uint8Array, encoding: string): string | undefined => {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
};
