/** `{{name}}` in a text; blanks inside the braces are allowed. */
const VARIABLE = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** Names of the variables in a text. */
export const variablesIn = (text: string): string[] =>
  [...text.matchAll(VARIABLE)].map(([, name]) => name ?? '');

/** Puts the values in; `write` escapes them for where they go. A variable without a value is empty. */
export const fillVariables = (
  text: string,
  values: Readonly<Record<string, string>>,
  write: (value: string) => string = (value) => value,
): string => text.replaceAll(VARIABLE, (_, name: string) => write(values[name] ?? ''));

/** The same for every text in a JSON value: no value can break out of its text. */
export const fillJson = (value: unknown, values: Readonly<Record<string, string>>): unknown => {
  if (typeof value === 'string') return fillVariables(value, values);
  if (Array.isArray(value)) return value.map((item) => fillJson(item, values));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, fillJson(item, values)]),
  );
};

export type FieldError = { path: string; message: string };

/** Every text in a value that has a variable which is not known, by path. */
export const unknownVariables = (
  value: unknown,
  path: string,
  known: readonly string[],
): FieldError[] => {
  if (typeof value === 'string') {
    return variablesIn(value)
      .filter((name) => !known.includes(name))
      .map((name) => ({
        path,
        message: `has the unknown variable {{${name}}}; there are ${known.join(', ')}`,
      }));
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    unknownVariables(item, `${path}/${key}`, known),
  );
};
