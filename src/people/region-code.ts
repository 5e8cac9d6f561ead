import { createHash } from 'node:crypto';

/** Long enough for any county code, short enough that an incident's number still fits an SMS. */
export const MAX_REGION_CODE_LENGTH = 16;

/**
 * The code of a region whose file gives none: its id with everything but letters, digits and `_` made `_`.
 * An id without any Latin letter or digit (安仁县) gets `R` and eight hex digits of its hash instead.
 */
export const defaultRegionCode = (id: string): string => {
  const latin = id
    .replaceAll(/[^A-Za-z0-9_]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, MAX_REGION_CODE_LENGTH);
  if (latin !== '') return latin;
  return `R${createHash('sha256').update(id).digest('hex').slice(0, 8).toUpperCase()}`;
};
