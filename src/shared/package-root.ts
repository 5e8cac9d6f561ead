import { fileURLToPath } from 'node:url';

/**
 * A file of this package by its path from the package's root. The sources (`src/shared`) and what
 * `npm run build` makes of them (`dist/shared`) lie equally deep, so files that are not compiled (the
 * console's page, docs) are found from both without being copied.
 */
export const packageFile = (path: string): string =>
  fileURLToPath(new URL(`../../${path}`, import.meta.url));
