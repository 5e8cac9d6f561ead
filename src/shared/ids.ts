import { v7, validate } from 'uuid';

/** UUIDv7: time-ordered, so primary-key inserts stay at the right edge of the index. */
export const newId = (): string => v7();

/** What others send as the id of a row: null when it can be none, which PostgreSQL compares with as with no id. */
export const uuidOf = (text: string): string | null => (validate(text) ? text : null);
