import { createHash } from 'node:crypto';
import { imageTypeOf } from '../images/index.ts';
import type { HttpDialect } from './camera-topics.ts';
import { type BodyPart, parseMultipart } from './multipart.ts';

export type HttpReport = {
  messages: readonly Buffer[];
  /** That came with them, of all that they say; each may turn out to be none. */
  pictures: readonly Buffer[];
};

/**
 * What of an HTTP body is the message: the texts, apart from the pictures that come with them. Of Pyronear's form it is
 * the fields as JSON, with what makes the same picture the same. A body in which none is found is the message itself:
 * it becomes a dead letter that says so. Pure.
 */
export const readHttpReport = (
  dialect: HttpDialect,
  { contentType, body, receivedAt }: { contentType: string; body: Buffer; receivedAt: Date },
): HttpReport => {
  const parts = parseMultipart(contentType, body);
  if (parts === null) return { messages: [body], pictures: [] };
  const pictures = parts.filter(isPicture).map((part) => part.body);
  if (dialect === 'pyronear') return { messages: [formMessage(parts, receivedAt)], pictures };
  const texts = parts.filter(isText).map((part) => part.body);
  return texts.length === 0 ? { messages: [body], pictures: [] } : { messages: texts, pictures };
};

const isPicture = ({ contentType, body }: BodyPart): boolean =>
  /^image\//i.test(contentType) || imageTypeOf(body) !== null;

const isText = ({ contentType, body }: BodyPart): boolean =>
  /\b(xml|json)\b/i.test(contentType) ||
  (!/^image\//i.test(contentType) && /^\s*[<{]/.test(body.toString('latin1', 0, 200)));

/** Only what is a field in the form: a picture has a type, a field has none or is text. */
const formMessage = (parts: readonly BodyPart[], receivedAt: Date): Buffer => {
  const fields: Record<string, string> = {};
  for (const { name, contentType, body } of parts) {
    if (name === null || !FIELDS.has(name) || /^image\//i.test(contentType)) continue;
    fields[name] = body.toString('utf8');
  }
  const file = parts.find(({ name }) => name === 'file');
  const hash = file === undefined ? {} : { frame_sha256: sha256(file.body) };
  return Buffer.from(JSON.stringify({ ...fields, ...hash, received_at: receivedAt.toISOString() }));
};

const FIELDS = new Set(['bboxes', 'pose_id', 'recorded_at']);

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
