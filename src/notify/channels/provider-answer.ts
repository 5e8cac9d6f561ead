/** The JSON object a provider answered with; undefined for anything else. */
export const parseObject = (text: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
};

/** The code of an answer; platforms have been seen to write it as text. */
export const codeOf = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : undefined;
};

export const reasonOf = (code: number, message: unknown): string =>
  typeof message === 'string' ? `${code} ${message.slice(0, 300)}` : String(code);
