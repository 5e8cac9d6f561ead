import type { Locale } from '../people/index.ts';
import { MAX_SMS_LENGTH, oneLine, shorten, shortNumber } from './fit-text.ts';
import type { NamedIncident, TakenOverStatus } from './templates/template.ts';
import { TEMPLATES } from './templates/templates.ts';

/** Of a person, in a message that is about something else. */
const MAX_NAME_LENGTH = 20;

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
      return signature + template.merged(shortNumber(answer.number));
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

/** One short sentence for those who were told: somebody has it now. */
export const renderTakenOver = (
  news: { number: string; by: string; status: TakenOverStatus },
  locale: Locale,
  signature: string,
): string => {
  const template = TEMPLATES[locale];
  const fields = {
    ...news,
    number: shortNumber(news.number),
    by: shorten(oneLine(news.by), MAX_NAME_LENGTH),
  };
  return signature + template.takenOver(fields);
};

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
