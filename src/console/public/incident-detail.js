import { canUndo } from './corrections.js';
import { detectionList } from './detection-list.js';
import { h } from './dom.js';
import { eventText } from './event-text.js';
import { clockTime, compass, distance } from './format.js';
import { request } from './http.js';
import { readings } from './hypotheses.js';
import { incidentPlot } from './plot.js';
import { currentLanguage, t, word } from './texts.js';
import { condense } from './timeline.js';

const NEARBY_PER_KIND = 2;
/** A fire of a day; beyond this the page would be slower than it is worth. */
const MAX_EVENT_PAGES = 8;
const OVER = new Set(['closed', 'dismissed', 'merged']);

/** Everything about one incident that the card does not show. What one part cannot get does not hide the others. */
export const loadDetail = async (id) => {
  const optional = (loading) => loading.catch(() => []);
  const items = (path) => request(path).then((page) => page.items);
  const [incident, nearby, notifications, events, aircraft, reports] = await Promise.all([
    request(`incidents/${id}`),
    optional(items(`incidents/${id}/nearby?limit=${NEARBY_PER_KIND}`)),
    optional(items(`notifications?incident=${id}&limit=100`)),
    optional(loadEvents(id)),
    optional(items('airspace/aircraft?limit=500')),
    optional(items(`incidents/${id}/reports`)),
  ]);
  return { incident, nearby, notifications, events, aircraft, reports };
};

/** The timeline comes oldest first, and the newest is what matters. */
const loadEvents = async (id) => {
  const events = [];
  let cursor = '';
  for (let i = 0; i < MAX_EVENT_PAGES; i++) {
    const page = await request(`incidents/${id}/events?limit=500${cursor}`);
    events.push(...page.items);
    if (page.next === undefined) break;
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
  return events;
};

/** `view`: that of `detectionList`, and `{numberOf(id)}`, `{split, merge, undo}`. */
export const renderDetail = (
  { incident, nearby, notifications, events, aircraft, reports },
  view,
) => {
  const { detections, hypotheses } = incident;
  return h(
    'div',
    { class: 'detail' },
    section(
      t().map,
      [readings(hypotheses), incidentPlot(incident, { detections, nearby, aircraft })],
      'full',
    ),
    reports.length === 0 ? null : section(t().reports, list(reports, reportRow, t().none), 'full'),
    section(
      t().detections,
      detections.length === 0
        ? h('p', { class: 'none' }, t().none)
        : detectionList(detections, view),
      'full',
    ),
    view.mayCommand ? corrections(incident, events, view) : null,
    section(t().nearby, list(nearby, nearbyRow, t().nothingNearby)),
    h(
      'div',
      { class: 'column' },
      section(t().notifications, list(notifications, notificationRow, t().noNotifications)),
      section(
        t().timeline,
        list(condense(events).toReversed(), (row) => eventRow(row, view.numberOf), t().none),
      ),
    ),
  );
};

const section = (title, content, className = '') =>
  h('section', { class: className }, h('h3', {}, title), content);

/** What a person corrects: which detections are one fire. */
const corrections = (incident, events, view) => {
  const open = !OVER.has(incident.status);
  const undo = canUndo(events);
  if (!open && !undo) return null;
  const count = incident.detections.filter(({ id }) => view.chosen.has(id)).length;
  return section(
    t().corrections,
    [
      open && count === 0 ? h('p', { class: 'none' }, t().splitHint) : null,
      h(
        'div',
        { class: 'acts inline' },
        open
          ? act('split', t().split(count), { onclick: view.split, disabled: count === 0 })
          : null,
        open ? act('merge', t().merge, { onclick: view.merge }) : null,
        undo ? act('undo', t().undo, { onclick: view.undo }) : null,
      ),
    ],
    'full',
  );
};

const act = (name, text, props) =>
  h('button', { type: 'button', 'data-act': name, ...props }, text);

const list = (items, row, nothing) =>
  items.length === 0
    ? h('p', { class: 'none' }, nothing)
    : h(
        'ul',
        { class: 'rows' },
        items.map((item) => h('li', {}, row(item))),
      );

const time = (iso) => h('time', { datetime: iso }, clockTime(iso, currentLanguage()));
const dim = (text) => h('span', { class: 'dim' }, text);
const grow = (text) => h('span', { class: 'grow' }, text);

const nearbyRow = (item) => [
  dim(word('kind', item.kind)),
  grow(item.name),
  h(
    'span',
    {},
    item.distanceM === 0
      ? t().inside
      : `${compass(item.azimuthDeg, t().compass)} ${Math.round(item.azimuthDeg)}° ${distance(item.distanceM)}`,
  ),
];

const notificationRow = (item) => [
  grow(item.personName ?? item.personId),
  dim(word('channel', item.channel)),
  h('span', {}, word('delivery', item.status)),
  item.lastError ? dim(item.lastError) : null,
];

const reportRow = (item) => [
  time(item.observedAt),
  dim(t().report[item.source]),
  grow(item.text === '' ? '—' : item.text),
  item.personName === null ? null : h('span', {}, item.personName),
  item.phone === null ? null : dim(item.phone),
];

const eventRow = (row, numberOf) => [
  time(row.event.at),
  grow(eventText(row, numberOf)),
  dim(row.event.actor.replace(/^(user|device|person):/, '')),
];
