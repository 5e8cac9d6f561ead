import { h } from './dom.js';
import { age, error, percent, position } from './format.js';
import { t, word } from './texts.js';

/**
 * One incident of the list.
 * @param {object} incident as the API gives it
 * @param {object} view `{place, expanded, detail, mayCommand, fresh, now}` and what to do: `{acknowledge, toggle, copy}`
 */
export const renderCard = (incident, view) =>
  h(
    'li',
    {
      class: `incident ${incident.status}${view.fresh ? ' fresh' : ''}`,
      'data-id': incident.id,
    },
    h(
      'div',
      { class: 'head' },
      h('span', { class: 'number' }, incident.number),
      h('span', { class: `chip ${incident.status}` }, word('status', incident.status)),
      h('span', { class: `chip ${incident.severity}` }, word('severity', incident.severity)),
      h(
        'time',
        { class: 'age', datetime: incident.openedAt, 'data-age': incident.openedAt },
        age(incident.openedAt, view.now, t().ago),
      ),
    ),
    h('div', { class: 'place' }, view.place),
    facts(incident, view),
    h(
      'div',
      { class: 'acts' },
      incident.status === 'reported' && view.mayCommand
        ? h(
            'button',
            {
              type: 'button',
              class: 'primary',
              'data-act': 'acknowledge',
              onclick: view.acknowledge,
            },
            t().acknowledge,
          )
        : null,
      h(
        'button',
        {
          type: 'button',
          'data-act': 'toggle',
          'aria-expanded': String(view.expanded),
          onclick: view.toggle,
        },
        view.expanded ? t().hide : t().details,
      ),
    ),
    view.expanded ? view.detail : null,
  );

const facts = (incident, view) => {
  const { fix } = incident;
  return h(
    'dl',
    { class: 'facts' },
    fact(t().coordinates, position(fix), copyButton(view)),
    fact(t().radius, `${error(fix.ellipse)} · ${word('method', fix.method)}`),
    fact(t().confidence, percent(incident.confidence)),
    fact(t().detections, t().observed(incident.detectionCount, incident.sources.length)),
  );
};

const fact = (name, ...values) =>
  h('div', {}, h('dt', {}, name), h('dd', {}, values[0], ' ', values[1]));

const copyButton = (view) =>
  h('button', { type: 'button', class: 'copy', 'data-act': 'copy', onclick: view.copy }, t().copy);
