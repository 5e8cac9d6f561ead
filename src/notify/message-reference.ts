/** Which part of which message a receipt is about. */
export type PartReference = {
  /** 1–1023, as the claim gave it out. */
  message: number;
  /** How many short messages it was cut into, 1–8. */
  parts: number;
  /** Which of them, from 1. */
  part: number;
};

const MAX_MESSAGE = 1023;
const MAX_PARTS = 8;
const PARTS_BITS = 3;

/**
 * As 16 bits: 10 for the message, 3 for the number of parts, 3 for which one. Undefined when it does not fit: a message of
 * more than eight parts goes without.
 */
export const encodeReference = ({ message, parts, part }: PartReference): number | undefined =>
  isValid({ message, parts, part })
    ? (message << (2 * PARTS_BITS)) | ((parts - 1) << PARTS_BITS) | (part - 1)
    : undefined;

/** Undefined when we cannot have written it. */
export const decodeReference = (reference: number): PartReference | undefined => {
  const mask = MAX_PARTS - 1;
  const decoded = {
    message: reference >> (2 * PARTS_BITS),
    parts: ((reference >> PARTS_BITS) & mask) + 1,
    part: (reference & mask) + 1,
  };
  return isValid(decoded) ? decoded : undefined;
};

/** The references of all parts a message may have lie between these two. */
export const referencesOf = (message: number): { first: number; last: number } => {
  const first = message << (2 * PARTS_BITS);
  return { first, last: first + MAX_PARTS ** 2 - 1 };
};

const isValid = ({ message, parts, part }: PartReference): boolean =>
  message >= 1 &&
  message <= MAX_MESSAGE &&
  parts >= 1 &&
  parts <= MAX_PARTS &&
  part >= 1 &&
  part <= parts;
