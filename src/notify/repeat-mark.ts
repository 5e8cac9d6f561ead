import type { Locale } from '../people/index.ts';
import { TEMPLATES } from './templates/templates.ts';

/** Marks a text whose earlier sending ended unknown, behind the signature, which must stay first. */
export const markRepeat = (text: string, locale: Locale, signature: string): string => {
  const mark = TEMPLATES[locale].repeatMark;
  return text.startsWith(signature) ? signature + mark + text.slice(signature.length) : mark + text;
};

export const repeatMarkOf = (locale: Locale): string => TEMPLATES[locale].repeatMark;
