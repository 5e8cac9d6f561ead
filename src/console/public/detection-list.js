import { doubt } from './device-health.js';
import { h } from './dom.js';
import { clockTime, distance, error, percent } from './format.js';
import { pictureStrip } from './pictures.js';
import { currentLanguage, t, word } from './texts.js';

/** Frames of one source shown one by one; the older are chosen with their source. */
const SHOWN_FRAMES = 12;

/** Detections by source, the source that spoke last first. */
export const bySource = (detections) => {
  const groups = new Map();
  for (const detection of detections) {
    groups.set(detection.deviceId, [...(groups.get(detection.deviceId) ?? []), detection]);
  }
  return [...groups].map(([deviceId, frames]) => ({ deviceId, frames }));
};

/**
 * The sources of an incident with what each saw. `view`: `{mayCommand, chosen, openSources}` and what to do:
 * `{choose(ids, on), toggleSource(deviceId, open), label(detection)}`.
 */
export const detectionList = (detections, view) =>
  h(
    'ul',
    { class: 'sources' },
    bySource(detections).map((group) => source(group, view)),
  );

const source = ({ deviceId, frames }, view) => {
  const [newest] = frames;
  const open = view.openSources.has(deviceId);
  return h(
    'li',
    {},
    h(
      'div',
      { class: 'source' },
      view.mayCommand ? chooser(frames, view, { act: `choose:${deviceId}`, name: deviceId }) : null,
      h(
        'details',
        { open, ontoggle: (event) => view.toggleSource(deviceId, event.currentTarget.open) },
        h(
          'summary',
          { 'data-act': `source:${deviceId}` },
          h('b', {}, deviceId),
          ` ${t().frames(frames.length)} · ${word('kind', newest.kind)} ${percent(newest.confidence)} `,
          h('span', { class: 'dim' }, sightText(newest)),
          doubt(newest),
          labels(frames),
        ),
        h(
          'ul',
          { class: 'rows' },
          frames.slice(0, SHOWN_FRAMES).map((frame) => frameRow(frame, view)),
          frames.length > SHOWN_FRAMES
            ? h('li', { class: 'dim' }, t().older(frames.length - SHOWN_FRAMES))
            : null,
        ),
      ),
    ),
    pictureStrip(frames, deviceId),
  );
};

const sightText = ({ azimuthDeg, rangeM, fix }) =>
  [
    azimuthDeg === null ? undefined : `${t().azimuth} ${azimuthDeg.toFixed(1)}°`,
    rangeM === null ? undefined : distance(rangeM),
    error(fix.ellipse),
  ]
    .filter((part) => part !== undefined)
    .join(' · ');

const fixWords = ({ method, flags = [], rangeMinM }) => [
  word('method', method),
  ...flags.map((flag) => word('flag', flag)),
  ...(rangeMinM === undefined ? [] : [t().atLeast(distance(rangeMinM))]),
];

/** Each label somebody gave, once. */
const labels = (frames) =>
  [...new Set(frames.map(({ label }) => label))]
    .filter((label) => label !== null)
    .map((label) => h('span', { class: `chip label ${label}` }, word('label', label)));

const frameRow = (detection, view) => {
  const { id, observedAt, deviceId, label, fix } = detection;
  const time = clockTime(observedAt, currentLanguage());
  return h(
    'li',
    {},
    view.mayCommand
      ? chooser([detection], view, { act: `choose:${id}`, name: `${deviceId} ${time}` })
      : null,
    h(
      'span',
      { class: 'grow' },
      h('time', { datetime: observedAt }, time),
      ` ${word('kind', detection.kind)} ${percent(detection.confidence)} `,
      h('span', { class: 'dim' }, `${sightText(detection)} · ${fixWords(fix).join(' · ')}`),
      doubt(detection),
      labels([detection]),
    ),
    view.mayCommand
      ? h(
          'button',
          {
            type: 'button',
            class: 'small',
            'data-act': `label:${id}`,
            'aria-label': `${t().judge}: ${deviceId} ${time}${label === null ? '' : `, ${word('label', label)}`}`,
            onclick: () => view.label(detection),
          },
          t().judge,
        )
      : null,
  );
};

const chooser = (frames, view, { act, name }) => {
  const chosen = frames.filter(({ id }) => view.chosen.has(id)).length;
  const box = h('input', {
    type: 'checkbox',
    'data-act': act,
    'aria-label': `${name}: ${t().choose}`,
    checked: chosen === frames.length,
    onchange: (event) =>
      view.choose(
        frames.map(({ id }) => id),
        event.currentTarget.checked,
      ),
  });
  box.indeterminate = chosen > 0 && chosen < frames.length;
  return h('label', { class: 'chooser' }, box);
};
