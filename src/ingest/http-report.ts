import { createHash } from 'node:crypto';
import type { HttpDialect } from './camera-topics.ts';
import { type BodyPart, parseMultipart } from './multipart.ts';

/**
 * What of an HTTP body is the message: the texts, without the pictures that come with them. Of Pyronear's form it is
 * the fields as JSON, with what makes the same picture the same. A body in which none is found is the message itself:
 * it becomes a dead letter that says so. Pure.
 */
export const messagesIn = (
  dialect: HttpDialect,
  { contentType, body, receivedAt }: { contentType: string; body: Buffer; receivedAt: Date },
): Buffer[] => {
  const parts = parseMultipart(contentType, body);
  if (dialect === 'pyronear') return [parts === null ? body : formMessage(parts, receivedAt)];
  if (parts === null) return [body];
  const texts = parts.filter(isText).map((part) => part.body);
  return texts.length === 0 ? [body] : texts;
};

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
