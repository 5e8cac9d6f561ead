import type { Locale } from '../people/index.ts';
import { localTime } from '../shared/local-time.ts';
import type { IncidentAlert } from './alert.ts';
import { en } from './templates/en.ts';
import type {
  NamedGap,
  NamedIncident,
  Phrases,
  TakenOverStatus,
  Template,
} from './templates/template.ts';
import { zhCN } from './templates/zh-CN.ts';

export const TEMPLATES: Record<Locale, Template> = { 'zh-CN': zhCN, en };

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
/** Of the room that names have, what the source may claim when the place is long too. */
const SOURCE_SHARE = 0.4;
/** Of a person, in a message that is about something else. */
const MAX_NAME_LENGTH = 20;
const ELLIPSIS = '…';

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

type AlertFacts = Pick<
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
  const names = facts.placeNames.map(oneLine).filter((name) => name !== '');
  const source = oneLine(facts.sourceName);
  const phrases = {
    number: shorten(facts.number, MAX_NUMBER_LENGTH),
    kind: facts.kind,
    level: facts.level,
    upgrade: options.upgrade ?? false,
    unanswered: options.unanswered ?? false,
    time: localTime(facts.observedAt, options.timeZone),
    lonLat: `${facts.fix.lon.toFixed(5)},${facts.fix.lat.toFixed(5)}`,
    radius: radiusText(facts.fix.ellipse.semiMajorM, template),
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

/** One short sentence for those who were told: somebody has it now. */
export const renderTakenOver = (
  news: { number: string; by: string; status: TakenOverStatus },
  locale: Locale,
  signature: string,
): string => {
  const template = TEMPLATES[locale];
  const fields = {
    ...news,
    number: shorten(news.number, MAX_NUMBER_LENGTH),
    by: shorten(oneLine(news.by), MAX_NAME_LENGTH),
  };
  return signature + template.takenOver(fields);
};

/** Marks a text whose earlier sending ended unknown, behind the signature, which must stay first. */
export const markRepeat = (text: string, locale: Locale, signature: string): string => {
  const mark = TEMPLATES[locale].repeatMark;
  return text.startsWith(signature) ? signature + mark + text.slice(signature.length) : mark + text;
};

export const repeatMarkOf = (locale: Locale): string => TEMPLATES[locale].repeatMark;

/** The words of an alert one by one, for texts that are fixed but for these. */
export type AlertWords = Record<
  'number' | 'kind' | 'level' | 'place' | 'source' | 'time' | 'radius',
  string
>;

/** From the payload of a notification; what is not in there is empty. */
export const wordsOf = (
  payload: Readonly<Record<string, unknown>>,
  locale: Locale,
  timeZone: string,
): AlertWords => {
  const template = TEMPLATES[locale];
  const { number, kind, level, placeNames, sourceName, observedAt, fix } =
    payload as Partial<SentAlert>;
  return {
    number: number ?? '',
    kind: kind === undefined ? '' : template.kinds[kind],
    level: level === undefined ? '' : template.levels[level],
    place:
      placeNames === undefined || placeNames.length === 0
        ? template.nowhere
        : template.joinPlace(placeNames),
    source: sourceName ?? '',
    time: observedAt === undefined ? '' : localTime(new Date(observedAt), timeZone),
    radius: fix === undefined ? '' : radiusText(fix.ellipse.semiMajorM, template),
  };
};

/** The alert as `writeAlerts` put it into the notification's payload. */
type SentAlert = Pick<IncidentAlert, 'number' | 'kind' | 'level' | 'sourceName' | 'fix'> & {
  placeNames: readonly string[];
  observedAt: string;
};

/**
 * The alert for the ear: no coordinates, the code digit by digit, the whole twice, and which keys to press. At most about
 * 200 characters: names give way as in an SMS.
 */
export const renderCall = (
  facts: AlertFacts,
  locale: Locale,
  options: Pick<RenderOptions, 'timeZone' | 'upgrade' | 'unanswered'> & { code: string },
): string => {
  const template = TEMPLATES[locale];
  const names = facts.placeNames.map(oneLine).filter((name) => name !== '');
  return template.spoken({
    kind: facts.kind,
    level: facts.level,
    upgrade: options.upgrade ?? false,
    unanswered: options.unanswered ?? false,
    place:
      names.length === 0
        ? template.nowhere
        : shortenPlace(names, { template, max: MAX_SPOKEN_PLACE }).replace(ELLIPSIS, ''),
    time: localTime(facts.observedAt, options.timeZone),
    radius: radiusText(facts.fix.ellipse.semiMajorM, template),
    code: options.code,
  });
};

/** A few seconds of speech. */
const MAX_SPOKEN_PLACE = 40;

/** The alarm about the service itself. */
export const renderStuck = (number: string, locale: Locale, signature: string): string =>
  signature + TEMPLATES[locale].stuck(shorten(number, MAX_NUMBER_LENGTH));

export const renderReportDue = (
  news: { number: string; by: string },
  locale: Locale,
  signature: string,
): string =>
  signature +
  TEMPLATES[locale].reportDue({ ...news, number: shorten(news.number, MAX_NUMBER_LENGTH) });

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
      number: shorten(number, MAX_NUMBER_LENGTH),
      id: shorten(oneLine(aircraftId), MAX_AIRCRAFT_ID_LENGTH),
      distance: radiusText(distanceM, template),
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

/** The answer to STOP or START. */
export const renderConsent = (
  word: 'stop' | 'start',
  locale: Locale,
  signature: string,
): string => {
  const { stopped, started } = TEMPLATES[locale];
  return signature + (word === 'stop' ? stopped : started);
};

export const renderStoppedOnDuty = (
  news: { name: string; reachable: boolean },
  locale: Locale,
  signature: string,
): string => {
  const name = shorten(oneLine(news.name), MAX_NAME_LENGTH);
  return signature + TEMPLATES[locale].stoppedOnDuty({ ...news, name });
};

/** Of a place, in a message that is about when nobody is on duty there. */
const MAX_GAP_PLACE_LENGTH = 20;

/** `placeNames` from coarse to fine. */
export const renderDutyGap = (
  { placeNames, ...gap }: Omit<NamedGap, 'place'> & { placeNames: readonly string[] },
  locale: Locale,
  signature: string,
): string => {
  const template = TEMPLATES[locale];
  const names = placeNames.map(oneLine).filter((name) => name !== '');
  const place =
    names.length === 0
      ? template.nowhere
      : shortenPlace(names, { template, max: MAX_GAP_PLACE_LENGTH });
  return signature + template.dutyGap({ ...gap, place });
};

export type Answer =
  | { kind: 'taken_over'; number: string; by: string; status: TakenOverStatus }
  | { kind: 'merged'; number: string }
  | { kind: 'ask_false_alarm'; incident: NamedIncident }
  | { kind: 'ask_which'; incidents: readonly NamedIncident[] }
  | { kind: 'not_understood'; incident: NamedIncident };

/** What is answered to an SMS, no longer than an alert: of many fires the first, as many as fit. */
export const renderAnswer = (answer: Answer, locale: Locale, signature: string): string => {
  const template = TEMPLATES[locale];
  switch (answer.kind) {
    case 'taken_over':
      return renderTakenOver(answer, locale, signature);
    case 'merged':
      return signature + template.merged(shorten(answer.number, MAX_NUMBER_LENGTH));
    case 'ask_false_alarm':
      return signature + template.askFalseAlarm(answer.incident);
    case 'not_understood':
      return signature + template.notUnderstood(answer.incident);
    case 'ask_which': {
      const texts = answer.incidents.map(
        (_, index) => signature + template.askWhich(answer.incidents.slice(0, index + 1)),
      );
      return (
        texts.findLast(({ length }) => length <= MAX_SMS_LENGTH[locale]) ?? texts[0] ?? signature
      );
    }
  }
};

/** Half the earth's circumference: no error is larger. */
const MAX_RADIUS_M = 20_000_000;

const radiusText = (metres: number, template: Template): string => {
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

/** At most `max` code units, never half a surrogate pair; what was cut off shows as …. */
export const shorten = (text: string, max: number): string => {
  if (text.length <= max) return text;
  if (max < 1) return '';
  const cut = text.slice(0, max - 1);
  return (/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut) + ELLIPSIS;
};

/** Gives up the county before the township, the township before the village. */
const shortenPlace = (
  names: readonly string[],
  { template, max }: { template: Template; max: number },
): string => {
  for (let from = 0; from < names.length; from++) {
    const text = (from === 0 ? '' : ELLIPSIS) + template.joinPlace(names.slice(from));
    if (text.length <= max) return text;
  }
  return shorten(names.at(-1) ?? '', max);
};
