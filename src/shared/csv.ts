/** As spreadsheets read it: UTF-8 with a mark, lines of RFC 4180. */
export const csvOf = (
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string =>
  `\uFEFF${[header, ...rows].map((cells) => cells.map(cell).join(',')).join('\r\n')}\r\n`;

/** A name that begins like a formula is text all the same. */
const cell = (value: string | number): string => {
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
