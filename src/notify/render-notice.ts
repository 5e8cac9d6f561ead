import type { Locale } from '../people/index.ts';
import {
  cleanNames,
  distanceText,
  oneLine,
  shorten,
  shortenPlace,
  shortNumber,
} from './fit-text.ts';
import type { NamedGap } from './templates/template.ts';
import { TEMPLATES } from './templates/templates.ts';

/** The alarm about the service itself. */
export const renderStuck = (number: string, locale: Locale, signature: string): string =>
  signature + TEMPLATES[locale].stuck(shortNumber(number));

export const renderReportDue = (
  news: { number: string; by: string },
  locale: Locale,
  signature: string,
): string => signature + TEMPLATES[locale].reportDue({ ...news, number: shortNumber(news.number) });

/** Of an aircraft: a serial number has at most 20 characters. */
const MAX_AIRCRAFT_ID_LENGTH = 24;

/** Distances in metres; `operator` is `[lon, lat]`. */
export const renderForeignAircraft = (
  news: {
    number: string;
    aircraftId: string;
    distanceM: number;
    heightM: number | null;
    operator: readonly [number, number] | null;
  },
  locale: Locale,
  signature: string,
): string => {
  const template = TEMPLATES[locale];
  const { number, aircraftId, distanceM, heightM, operator } = news;
  return (
    signature +
    template.foreignAircraft({
      number: shortNumber(number),
      id: shorten(oneLine(aircraftId), MAX_AIRCRAFT_ID_LENGTH),
      distance: distanceText(distanceM, template),
      height: heightM === null ? null : template.metres(Math.round(heightM)),
      operator: operator?.map((degrees) => degrees.toFixed(5)).join(',') ?? null,
    })
  );
};

export const renderCode = (
  news: { code: string; until: string },
  locale: Locale,
  signature: string,
): string => signature + TEMPLATES[locale].code(news);

/** Of a place, in a message that is about when nobody is on duty there. */
const MAX_GAP_PLACE_LENGTH = 20;

/** `placeNames` from coarse to fine. */
export const renderDutyGap = (
  { placeNames, ...gap }: Omit<NamedGap, 'place'> & { placeNames: readonly string[] },
  locale: Locale,
  signature: string,
): string => {
  const template = TEMPLATES[locale];
  const names = cleanNames(placeNames);
  const place =
    names.length === 0
      ? template.nowhere
      : shortenPlace(names, { template, max: MAX_GAP_PLACE_LENGTH });
  return signature + template.dutyGap({ ...gap, place });
};
