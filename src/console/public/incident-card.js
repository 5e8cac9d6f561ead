import { isAlerted } from './alertness.js';
import { h } from './dom.js';
import { age, error, position } from './format.js';
import { notes } from './notes.js';
import { t, word } from './texts.js';
import { confidenceWhy } from './why.js';

/**
 * One incident of the list.
 * @param {object} incident as the API gives it
 * @param {object} view `{place, expanded, whyOpen, detail, mayCommand, fresh, now}` and what to do:
 * `{acknowledge, toggle, toggleWhy, copy}`
 */
export const renderCard = (incident, view) =>
  h(
    'li',
    {
      class: `incident ${incident.status}${isAlerted(incident) ? '' : ' listed'}${view.fresh ? ' fresh' : ''}`,
      'data-id': incident.id,
    },
    h(
      'div',
      { class: 'head' },
      h('span', { class: 'number' }, incident.number),
      chip('level', incident.alertLevel),
      chip('status', incident.status),
      chip('severity', incident.severity),
      h(
        'time',
        { class: 'age', datetime: incident.openedAt, 'data-age': incident.openedAt },
        age(incident.openedAt, view.now, t().ago),
      ),
    ),
    h('div', { class: 'place' }, view.place),
    facts(incident, view),
    notes(incident, view.now),
    h(
      'div',
      { class: 'acts' },
      incident.status === 'reported' && view.mayCommand
        ? h(
            'button',
            {
              type: 'button',
              class: isAlerted(incident) ? 'primary' : undefined,
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

const chip = (group, key) => h('span', { class: `chip ${group} ${key}` }, word(group, key));

const facts = (incident, view) => {
  const { fix } = incident;
  return h(
    'dl',
    { class: 'facts' },
    fact(t().coordinates, position(fix), copyButton(view)),
    fact(t().radius, `${error(fix.ellipse)} · ${word('method', fix.method)}`),
    fact(t().confidence, confidenceWhy(incident, { open: view.whyOpen, onToggle: view.toggleWhy })),
    fact(t().detections, t().observed(incident.detectionCount, incident.sources.length)),
  );
};

const fact = (name, ...values) =>
  h('div', {}, h('dt', {}, name), h('dd', {}, values[0], ' ', values[1]));

const copyButton = (view) =>
  h('button', { type: 'button', class: 'copy', 'data-act': 'copy', onclick: view.copy }, t().copy);
