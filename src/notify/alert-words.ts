import type { Locale } from '../people/index.ts';
import { localTime } from '../shared/local-time.ts';
import type { IncidentAlert } from './alert.ts';
import { distanceText } from './fit-text.ts';
import { TEMPLATES } from './templates/templates.ts';

/** The words of an alert one by one, for texts that are fixed but for these. */
export type AlertWords = Record<
  'number' | 'kind' | 'level' | 'place' | 'source' | 'time' | 'radius',
  string
>;

/** The alert as `writeAlerts` put it into the notification's payload. */
type SentAlert = Pick<IncidentAlert, 'number' | 'kind' | 'level' | 'sourceName' | 'fix'> & {
  placeNames: readonly string[];
  observedAt: string;
};

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
    radius: fix === undefined ? '' : distanceText(fix.ellipse.semiMajorM, template),
  };
};
