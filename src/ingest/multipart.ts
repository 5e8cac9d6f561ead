/** One part of a multipart body. `name` is null where its header gives none, as with some cameras. */
export type BodyPart = { name: string | null; contentType: string; body: Buffer };

/** An alarm has one text and a dozen pictures. */
const MAX_PARTS = 64;
const MAX_HEADER_BYTES = 8_192;

/**
 * The parts of a `multipart/*` body; null when the type names no boundary or there is no part. Written for what
 * equipment sends: parts without Content-Disposition, bare line feeds, a last delimiter that is missing. Pure; linear
 * in the size of the body.
 */
export const parseMultipart = (contentType: string, body: Buffer): BodyPart[] | null => {
  const match = /^multipart\/[\w.+-]+.*?;\s*boundary=(?:"([^"]{1,200})"|([^\s;]{1,200}))/i.exec(
    contentType.slice(0, 1_000),
  );
  const boundary = match?.[1] ?? match?.[2];
  if (boundary === undefined) return null;
  const delimiter = Buffer.from(`--${boundary}`, 'latin1');
  const parts: BodyPart[] = [];
  let at = body.indexOf(delimiter);
  while (at !== -1 && parts.length < MAX_PARTS) {
    const start = at + delimiter.length;
    if (body.toString('latin1', start, start + 2) === '--') break;
    const next = nextDelimiter(body, delimiter, start);
    const part = partIn(body.subarray(start, next === -1 ? body.length : next));
    if (part !== null) parts.push(part);
    at = next === -1 ? -1 : body.indexOf(delimiter, next);
  }
  return parts.length === 0 ? null : parts;
};

/** Where the line feed before the next delimiter stands; −1 = there is none. */
const nextDelimiter = (body: Buffer, delimiter: Buffer, from: number): number =>
  body.indexOf(Buffer.concat([Buffer.from('\n'), delimiter]), from);

const partIn = (bytes: Buffer): BodyPart | null => {
  const head = bytes.toString('latin1', 0, MAX_HEADER_BYTES);
  const empty = /\r?\n\r?\n/.exec(head);
  if (empty === null) return null;
  const headers = head.slice(0, empty.index);
  const end = bytes.at(-1) === 0x0d ? bytes.length - 1 : bytes.length;
  const name = /content-disposition:[^\r\n]*?[;\s]name=(?:"([^"\r\n]*)"|([^\s;]+))/i.exec(headers);
  return {
    name: name?.[1] ?? name?.[2] ?? null,
    contentType: /content-type:\s*([^\r\n]*)/i.exec(headers)?.[1]?.trim() ?? '',
    body: bytes.subarray(empty.index + empty[0].length, end),
  };
};
