import type { Locale } from '../people/index.ts';
import { localTime } from '../shared/local-time.ts';
import { cleanNames, distanceText, ELLIPSIS, shortenPlace } from './fit-text.ts';
import type { AlertFacts, RenderOptions } from './render-alert.ts';
import { TEMPLATES } from './templates/templates.ts';

/** A few seconds of speech. */
const MAX_SPOKEN_PLACE = 40;

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
  const names = cleanNames(facts.placeNames);
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
    radius: distanceText(facts.fix.ellipse.semiMajorM, template),
    code: options.code,
  });
};
