/**
 * JSON text that PostgreSQL's jsonb accepts: \u0000 and lone surrogates, legal in JSON but refused
 * by jsonb, become U+FFFD. Without this a device could make its own alarm fail to be stored.
 */
export const toJsonb = (value: unknown): string =>
  JSON.stringify(value).replace(
    /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/gi,
    (_match, slashes: string) => `${slashes}\uFFFD`,
  );

/** The same for `text` columns: no NUL, well-formed UTF-16. */
export const toSafeText = (text: string): string =>
  text.replaceAll('\u0000', '\uFFFD').toWellFormed();

/** The value of a JSON text; undefined when it is none. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
