import { h } from './dom.js';
import { percent, ratio } from './format.js';
import { t, word } from './texts.js';

/** The probability there was before the evidence: what is left of the odds without the factors. */
export const priorOf = ({ confidence, factors }) => {
  const odds = factors.reduce((left, factor) => left / factor.ratio, confidence / (1 - confidence));
  return odds / (1 + odds);
};

/** "86%", and behind it the evidence that made it so much. */
export const confidenceWhy = (incident, { open, onToggle }) =>
  incident.factors.length === 0
    ? percent(incident.confidence)
    : h(
        'details',
        { class: 'why', open, ontoggle: (event) => onToggle(event.currentTarget.open) },
        h(
          'summary',
          { 'data-act': 'why' },
          percent(incident.confidence),
          ' ',
          h('span', { class: 'dim' }, t().why),
        ),
        h(
          'ul',
          {},
          h('li', {}, h('span', {}, t().prior), h('span', {}, percent(priorOf(incident)))),
          incident.factors.map((factor) =>
            h(
              'li',
              {},
              h('span', {}, word('factor', factor.name)),
              h('span', {}, ratio(factor.ratio)),
            ),
          ),
        ),
      );
