import { v7 } from 'uuid';

/** UUIDv7: time-ordered, so primary-key inserts stay at the right edge of the index. */
export const newId = (): string => v7();
