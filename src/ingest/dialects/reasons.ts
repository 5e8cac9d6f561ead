/** What is wrong with a payload, as its dead letter says it. */
export const reasonsOf = (errors: readonly { path: string; message: string }[]): string =>
  errors
    .slice(0, 5)
    .map(({ path, message }) => `${path} ${message}`)
    .join('; ');
