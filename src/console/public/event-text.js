import { distance, error, percent } from './format.js';
import { placeName } from './places.js';
import { word } from './texts.js';

const listed = (items) => items.join(', ');
const arrow = (from, to) => `${from} → ${to}`;
const layers = (suppressions) =>
  listed(suppressions.map(({ kind, name }) => `${word('suppression', kind)} ${name}`));
const labelText = (label) => (label === null ? '–' : word('label', label));
const readings = (hypotheses) =>
  hypotheses
    .map(({ probability, deviceIds }) => `${percent(probability)} ${listed(deviceIds)}`)
    .join(' / ');

/** What matters of each kind of event, from its data; `first` is the first of a run told in one row. */
const TEXTS = {
  opened: ({ data }) =>
    [data.splitFrom === undefined ? '' : `← ${data.splitFrom}`, data.fix ? fixText(data.fix) : '']
      .filter((part) => part !== '')
      .join(' '),
  fix_updated: ({ data, first }) => arrow(error(first.data.old.ellipse), fixText(data.new)),
  confidence_changed: ({ data }) =>
    `${arrow(percent(data.old), percent(data.new))} ${word('level', data.level)}`,
  suppressed: ({ data }) => layers(data.new),
  suppression_ended: ({ data }) => layers(data.old),
  ambiguous: ({ data }) => readings(data.hypotheses),
  detection_added: ({ data, numberOf }) =>
    data.from === undefined ? '' : `${data.deviceId} ← ${numberOf(data.from)}`,
  detection_left: ({ data, numberOf }) => `${data.deviceId} → ${numberOf(data.to)}`,
  detection_labelled: ({ data }) =>
    `${data.deviceId}: ${arrow(labelText(data.old), labelText(data.new))}`,
  merged: ({ data }) => data.into,
  absorbed: ({ data }) => data.number,
  split: ({ data, incidentId }) => `${data.from === incidentId ? '→' : '←'} ${data.number}`,
  undone: ({ data }) => word('regrouping', data.what),
  region_changed: ({ data }) => arrow(placeName(data.old), placeName(data.new)),
  foreign_aircraft: ({ data }) =>
    data.state === 'left'
      ? `${data.aircraftId} ${word('aircraft', 'left')}`
      : `${data.aircraftId} ${distance(data.distanceM)}`,
  notified: ({ data }) => (data.level === undefined ? '' : word('level', data.level)),
};

const fixText = (fix) => `${error(fix.ellipse)} ${word('method', fix.method)}`;

/** One line about an event. An event in a shape this page does not know is told by its name alone. */
export const eventText = ({ event, first, count }, numberOf) => {
  const name = word('event', event.type) + (count > 1 ? ` ×${count}` : '');
  const reason = typeof event.data?.reason === 'string' && REASONED.has(event.type);
  return [name, detail({ ...event, first, numberOf }), reason ? event.data.reason : '']
    .filter((part) => part !== '')
    .join(' · ');
};

/** Of these the reason is a person's own words; that of a notification is a word of the program. */
const REASONED = new Set(['dismissed', 'closed', 'merged', 'absorbed', 'split', 'undone']);

const detail = (event) => {
  try {
    return TEXTS[event.type]?.(event) ?? '';
  } catch {
    return '';
  }
};
