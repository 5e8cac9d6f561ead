import type { Locale } from '../people/index.ts';
import type { Template } from './templates/template.ts';

/**
 * Parts hold 67 UCS-2 code units each, and a character of two units (an emoji in a name) that would straddle a seam moves
 * to the next part as a whole. Chinese says it all in two; English takes three, since a signature in 【】 makes it
 * UCS-2 as well.
 */
export const MAX_SMS_LENGTH: Readonly<Record<Locale, number>> = {
  'zh-CN': 2 * 67 - 1,
  en: 3 * 67 - 2,
};

/** A number as the service makes it has at most 16 + 1 + 8 + 1 + 4 characters. */
const MAX_NUMBER_LENGTH = 32;
export const ELLIPSIS = '…';

/** Half the earth's circumference: no error is larger. */
const MAX_RADIUS_M = 20_000_000;

/** Metres up to a kilometre, then kilometres. */
export const distanceText = (metres: number, template: Template): string => {
  const radius = Math.min(Math.max(Math.round(metres), 1), MAX_RADIUS_M);
  if (radius < 1_000) return template.metres(radius);
  const km = radius / 1_000;
  return template.kilometres(km < 9.95 ? km.toFixed(1) : km.toFixed(0));
};

/** Names come from people and files: line breaks and control characters must not shape the message. */
export const oneLine = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();

/** Of regions, each on one line, without those that are empty. */
export const cleanNames = (names: readonly string[]): string[] =>
  names.map(oneLine).filter((name) => name !== '');

/** At most `max` code units, never half a surrogate pair; what was cut off shows as …. */
export const shorten = (text: string, max: number): string => {
  if (text.length <= max) return text;
  if (max < 1) return '';
  const cut = text.slice(0, max - 1);
  return (/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut) + ELLIPSIS;
};

export const shortNumber = (number: string): string => shorten(number, MAX_NUMBER_LENGTH);

/** Gives up the county before the township, the township before the village. */
export const shortenPlace = (
  names: readonly string[],
  { template, max }: { template: Template; max: number },
): string => {
  for (let from = 0; from < names.length; from++) {
    const text = (from === 0 ? '' : ELLIPSIS) + template.joinPlace(names.slice(from));
    if (text.length <= max) return text;
  }
  return shorten(names.at(-1) ?? '', max);
};
