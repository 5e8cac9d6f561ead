import { h } from './dom.js';
import { clockTime, compass, distance, error, percent } from './format.js';
import { request } from './http.js';
import { incidentPlot } from './plot.js';
import { currentLanguage, t, word } from './texts.js';
import { condense } from './timeline.js';

const NEARBY_PER_KIND = 2;
const SHOWN_DETECTIONS = 12;

/** Everything about one incident that the card does not show. What one part cannot get does not hide the others. */
export const loadDetail = async (id) => {
  const optional = (path) =>
    request(path).then(
      ({ items }) => items,
      () => [],
    );
  const [incident, nearby, notifications, events] = await Promise.all([
    request(`incidents/${id}`),
    optional(`incidents/${id}/nearby?limit=${NEARBY_PER_KIND}`),
    optional(`notifications?incident=${id}&limit=100`),
    optional(`incidents/${id}/events?limit=200`),
  ]);
  return { incident, nearby, notifications, events };
};

export const renderDetail = ({ incident, nearby, notifications, events }) =>
  h(
    'div',
    { class: 'detail' },
    section(t().map, incidentPlot(incident, incident.detections, nearby), 'full'),
    section(t().nearby, list(nearby, nearbyRow, t().nothingNearby)),
    h(
      'div',
      { class: 'column' },
      section(t().notifications, list(notifications, notificationRow, t().noNotifications)),
      section(t().timeline, list(condense(events).toReversed(), eventRow, t().none)),
      section(
        t().detections,
        list(incident.detections.slice(0, SHOWN_DETECTIONS), detectionRow, t().none),
      ),
    ),
  );

const section = (title, content, className = '') =>
  h('section', { class: className }, h('h3', {}, title), content);

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

const detectionRow = (detection) => [
  time(detection.observedAt),
  grow(`${word('kind', detection.kind)} ${percent(detection.confidence)} · ${detection.deviceId}`),
  detection.azimuthDeg === null
    ? null
    : h('span', {}, `${t().azimuth} ${detection.azimuthDeg.toFixed(1)}°`),
  dim(error(detection.fix.ellipse)),
];

const eventRow = ({ event, count }) => [
  time(event.at),
  grow(word('event', event.type) + (count > 1 ? ` ×${count}` : '') + reason(event)),
  dim(event.actor.replace(/^(user|device|person):/, '')),
];

const reason = ({ data }) => (typeof data?.reason === 'string' ? `：${data.reason}` : '');
