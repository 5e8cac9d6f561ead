import { parseMultipart } from '../ingest/index.ts';

const NUMBERS = new Set(['lon', 'lat', 'positionRadiusM']);

/**
 * The fields of a form as the JSON of a report: text that is a number becomes one where the report has numbers, what was
 * left empty is left out, and the photo stays bytes. Null when it is no form. Pure.
 */
export const readForm = (contentType: string, bytes: Buffer): Record<string, unknown> | null => {
  const parts = parseMultipart(contentType, bytes);
  if (parts === null) return null;
  const fields: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const { name, body } of parts) {
    if (name === null || body.length === 0) continue;
    fields[name] = name === 'photo' ? body : valueOf(name, body.toString('utf8').trim());
  }
  return { ...fields };
};

const valueOf = (name: string, text: string): unknown => {
  if (text === '') return undefined;
  return NUMBERS.has(name) && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
};
