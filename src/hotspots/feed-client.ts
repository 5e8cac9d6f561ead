import { errorMessage } from '../shared/app-error.ts';

export type Fetched =
  | { kind: 'text'; text: string; validators: Validators }
  /** The same as last time. */
  | { kind: 'unchanged' }
  | { kind: 'absent' }
  | { kind: 'failed'; reason: string };

/** What the server said of the version it gave, to be asked for a newer one only. */
export type Validators = { etag: string | null; lastModified: string | null };

const TIMEOUT_MS = 60_000;
/** FIRMS' file of a day for all of Russia and Asia has 5 MB. */
const MAX_BYTES = 32 * 1024 * 1024;
const SHOWN_CHARACTERS = 200;

/** Fetches a table. Goes where the administrator's settings say, so to any address. Never rejects. */
export const fetchTable = async (
  url: string,
  { known, signal }: { known: Validators | undefined; signal: AbortSignal },
): Promise<Fetched> => {
  try {
    const response = await fetch(url, {
      headers: { 'user-agent': 'fengsui', accept: 'text/csv, text/plain', ...conditions(known) },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    if (response.status === 304) return { kind: 'unchanged' };
    const text = await readText(response);
    if (response.status === 404) return { kind: 'absent' };
    if (!response.ok) {
      const said = text.trim().slice(0, SHOWN_CHARACTERS);
      return { kind: 'failed', reason: `HTTP ${response.status} ${said}`.trim() };
    }
    const { headers } = response;
    const validators = { etag: headers.get('etag'), lastModified: headers.get('last-modified') };
    return { kind: 'text', text, validators };
  } catch (error) {
    return { kind: 'failed', reason: causeOf(error) };
  }
};

const conditions = (known: Validators | undefined): Record<string, string> => ({
  ...(known?.etag ? { 'if-none-match': known.etag } : {}),
  ...(known?.lastModified ? { 'if-modified-since': known.lastModified } : {}),
});

/** `fetch failed` says nothing; its cause does. */
const causeOf = (error: unknown): string =>
  error instanceof Error && error.cause instanceof Error
    ? errorMessage(error.cause)
    : errorMessage(error);

const readText = async (response: Response): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_BYTES) throw new Error(`the answer has more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};
