import type { Locale } from '../people/index.ts';
import { localTime } from '../shared/local-time.ts';
import type { IncidentAlert } from './alert.ts';
import {
  cleanNames,
  distanceText,
  oneLine,
  shorten,
  shortenPlace,
  shortNumber,
} from './fit-text.ts';
import type { Phrases } from './templates/template.ts';
import { TEMPLATES } from './templates/templates.ts';

/** Of the room that names have, what the source may claim when the place is long too. */
const SOURCE_SHARE = 0.4;

export type RenderOptions = {
  /** Heads the text; carriers in China refuse one without: 【烽燧】. */
  signature: string;
  timeZone: string;
  /** UTF-16 code units the text may have, the repeat mark included. */
  maxLength: number;
  /** It was told as possible before. */
  upgrade?: boolean;
  /** Nobody has answered the alert that went out before. */
  unanswered?: boolean;
  /** The incident's short name in a reply; how to reply is told where the text has room for it. */
  code?: string;
};

export type AlertFacts = Pick<
  IncidentAlert,
  'number' | 'kind' | 'level' | 'fix' | 'sourceName' | 'observedAt' | 'sourceProblem'
> & {
  /** Names of the regions, coarse to fine. */
  placeNames: readonly string[];
};

/**
 * The alert in one sentence: number, kind, place, local time, source, coordinates and the radius within which the fire
 * lies with 95 %. Coordinates are WGS-84 `lon,lat`, the order in which Chinese map apps take them. Never longer than
 * `maxLength`, even with the repeat mark: names give way, the coarse part of the place first. That the source is not well
 * is said where there is room. How to reply comes last, in as many words as there is room for: for the code alone names
 * give way too.
 */
export const renderAlert = (facts: AlertFacts, locale: Locale, options: RenderOptions): string => {
  const template = TEMPLATES[locale];
  const names = cleanNames(facts.placeNames);
  const source = oneLine(facts.sourceName);
  const phrases = {
    number: shortNumber(facts.number),
    kind: facts.kind,
    level: facts.level,
    upgrade: options.upgrade ?? false,
    unanswered: options.unanswered ?? false,
    time: localTime(facts.observedAt, options.timeZone),
    lonLat: `${facts.fix.lon.toFixed(5)},${facts.fix.lat.toFixed(5)}`,
    radius: distanceText(facts.fix.ellipse.semiMajorM, template),
  };
  const compose = (chosen: Pick<Phrases, 'place' | 'source'>): string =>
    options.signature + template.sentence({ ...phrases, ...chosen });
  const max = options.maxLength - template.repeatMark.length;
  const hints = options.code === undefined ? [] : template.replyHints(options.code);
  const bare = compose({ place: '', source: '' }).length;
  // Without its code a fire among several cannot be answered.
  const codeLength = hints.at(-1)?.length ?? 0;
  const room = Math.max(0, max - bare - codeLength);
  const place = names.length === 0 ? template.nowhere : template.joinPlace(names);
  const shortSource = shorten(
    source,
    Math.max(Math.floor(room * SOURCE_SHARE), room - place.length),
  );
  const shortPlace = shortenPlace(names.length === 0 ? [place] : names, {
    template,
    max: room - shortSource.length,
  });
  const sentence = shorten(compose({ place: shortPlace, source: shortSource }), max);
  const text = withDoubt(sentence, facts.sourceProblem, { locale, max: max - codeLength });
  return text + (hints.find((hint) => text.length + hint.length <= max) ?? '');
};

/** Says that the source is not well, where there is room. */
const withDoubt = (
  sentence: string,
  problem: AlertFacts['sourceProblem'],
  { locale, max }: { locale: Locale; max: number },
): string => {
  if (problem === undefined) return sentence;
  const doubt = TEMPLATES[locale].doubt(oneLine(locale === 'en' ? problem.en : problem.zh));
  return sentence.length + doubt.length <= max ? sentence + doubt : sentence;
};
