import { h } from './dom.js';
import { error, percent } from './format.js';
import { SHOWN_READINGS as SHOWN } from './plot.js';
import { t } from './texts.js';

/** While it is not decided which sources see this fire: each reading in words, the likeliest first. */
export const readings = (hypotheses) =>
  hypotheses === undefined || hypotheses.length === 0
    ? null
    : h(
        'div',
        { class: 'readings' },
        h('p', {}, t().readings(hypotheses.length)),
        h(
          'ol',
          {},
          hypotheses
            .slice(0, SHOWN)
            .map(({ probability, deviceIds, fix }) =>
              h(
                'li',
                {},
                t().reading(percent(probability), deviceIds.join(', '), error(fix.ellipse)),
              ),
            ),
        ),
        hypotheses.length > SHOWN
          ? h('p', { class: 'dim' }, t().moreReadings(hypotheses.length - SHOWN, rest(hypotheses)))
          : null,
      );

const rest = (hypotheses) =>
  percent(hypotheses.slice(SHOWN).reduce((sum, { probability }) => sum + probability, 0));
