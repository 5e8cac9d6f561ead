import type { Locale } from '../people/index.ts';
import { oneLine, shorten, shortNumber } from './fit-text.ts';
import type { BundledIncident } from './templates/template.ts';
import { TEMPLATES } from './templates/templates.ts';

/**
 * Three UCS-2 parts hold 3 × 67 code units; two less, because a character of two units may move to the next part at each
 * seam. More parts would take longer than another message.
 */
export const MAX_BUNDLE_SMS_LENGTH = 199;
/** Of the finest name of the place: enough to know which valley, the rest is asked for. */
const MAX_PLACE_LENGTH = 10;

export type BundleOptions = {
  signature: string;
  /** UTF-16 code units the text may have, the repeat mark included. */
  maxLength: number;
  /** None of them has been told before. */
  fresh: boolean;
};

/** An alert as it is named among others, from what it was written with; undefined where that is not enough to name it. */
export const bundledIncident = (
  payload: Readonly<Record<string, unknown>>,
): BundledIncident | undefined => {
  const { number, code, placeNames } = payload;
  if (typeof number !== 'string' || typeof code !== 'string') return undefined;
  const names = Array.isArray(placeNames)
    ? placeNames.filter((name) => typeof name === 'string')
    : [];
  return {
    number: shortNumber(number),
    code,
    place: shorten(oneLine(names.at(-1) ?? ''), MAX_PLACE_LENGTH),
  };
};

/** Several alerts in one message: each with number, place and the code to answer it by. */
export const renderBundle = (
  incidents: readonly BundledIncident[],
  locale: Locale,
  { signature, fresh }: BundleOptions,
): string => signature + TEMPLATES[locale].bundle({ incidents, fresh });

/** How many of the incidents, from the first on, one message has room for; at least one. */
export const fitBundle = (
  incidents: readonly BundledIncident[],
  locale: Locale,
  options: BundleOptions,
): number => {
  const room = options.maxLength - TEMPLATES[locale].repeatMark.length;
  for (let count = incidents.length; count > 1; count -= 1) {
    const chosen = incidents.slice(0, count);
    // The word for what has been told before is no shorter: it may turn out that some drop out.
    const texts = [true, false].map((fresh) => renderBundle(chosen, locale, { ...options, fresh }));
    if (texts.every((text) => text.length <= room)) return count;
  }
  return 1;
};
