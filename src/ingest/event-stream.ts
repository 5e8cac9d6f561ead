import { MAX_PAYLOAD_BYTES } from './payload.ts';

export type EventStream = {
  /** Takes what has come and returns the parts that are complete by now, without their headers. */
  push(chunk: Buffer): Buffer[];
};

/** A header block is some 60 bytes; what has no end after so many is none. */
const MAX_PART_BYTES = MAX_PAYLOAD_BYTES + 4_096;

/**
 * Reads `multipart/x-mixed-replace` as it comes in, split anywhere. A part is complete when it is as long as its
 * Content-Length says, so that an alarm does not wait for the next part; or when the next delimiter is there, whatever
 * the length said. One that grows too large is handed out as it is (too large to be decoded, and so a dead letter) and
 * its rest passed over.
 */
export const createEventStream = (contentType: string): EventStream => {
  const [, quoted, token] =
    /;\s*boundary=(?:"([^"]{1,200})"|([^\s;]{1,200}))/i.exec(contentType) ?? [];
  // Some devices write the dashes of the delimiter into the name of the boundary as well.
  const name = (quoted ?? token ?? 'myboundary').replace(/^--/, '');
  const delimiter = Buffer.from(`--${name}`, 'latin1');
  let pending: Buffer = Buffer.alloc(0);
  let inPart = false;

  /** The part that begins at 0; undefined while it is not complete. */
  const findPart = (): { bodyAt: number; end: number } | undefined => {
    const next = pending.indexOf(delimiter);
    const bodyAt = startOfBody(pending);
    const length = bodyAt === undefined ? undefined : contentLength(pending, bodyAt);
    if (bodyAt !== undefined && length !== undefined) {
      const end = bodyAt + length;
      if (pending.length >= end && (next === -1 || end <= next)) return { bodyAt, end };
    }
    if (next === -1 && pending.length <= MAX_PART_BYTES) return undefined;
    return { bodyAt: bodyAt ?? 0, end: next === -1 ? pending.length : next };
  };

  const nextPart = (): Buffer | undefined => {
    if (!inPart) {
      const at = pending.indexOf(delimiter);
      // The beginning of a delimiter may be there already.
      if (at === -1) pending = pending.subarray(Math.max(0, pending.length - delimiter.length));
      else pending = pending.subarray(at + delimiter.length);
      inPart = at !== -1;
    }
    const found = inPart ? findPart() : undefined;
    if (found === undefined) return undefined;
    const body = pending.subarray(found.bodyAt, found.end);
    pending = pending.subarray(found.end);
    inPart = false;
    return trimmed(body);
  };

  return {
    push(chunk) {
      pending = Buffer.concat([pending, chunk]);
      const parts: Buffer[] = [];
      for (let part = nextPart(); part !== undefined; part = nextPart()) {
        if (part.length > 0) parts.push(part);
      }
      return parts;
    },
  };
};

const MAX_HEADER_BYTES = 1_024;

/** Behind the empty line; some devices leave it out, and the body begins where no header stands. */
const startOfBody = (part: Buffer): number | undefined => {
  const head = part.toString('latin1', 0, MAX_HEADER_BYTES);
  const found = /^[ \t]*\r?\n(?:[A-Za-z-]+:[^\r\n]*\r?\n)*(?:\r?\n|(?=[A-Za-z]+[=\r\n]))/.exec(
    head,
  );
  return found === null ? undefined : found[0].length;
};

const contentLength = (part: Buffer, bodyAt: number): number | undefined => {
  const [, digits] = /content-length:\s*(\d{1,9})/i.exec(part.toString('latin1', 0, bodyAt)) ?? [];
  return digits === undefined ? undefined : Number(digits);
};

const BLANKS = new Set([0x0d, 0x0a, 0x20, 0x09]);

const trimmed = (body: Buffer): Buffer => {
  let end = body.length;
  while (end > 0 && BLANKS.has(body[end - 1] ?? 0)) end -= 1;
  return body.subarray(0, end);
};
