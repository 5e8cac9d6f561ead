import { byId, h } from './dom.js';
import { clockTime } from './format.js';
import { request } from './http.js';
import { createPolling } from './polling.js';
import { currentLanguage, t } from './texts.js';

/** Of a county all; more than anybody reads in a list. */
const SHOWN = 500;

const textOf = (problem) => (currentLanguage() === 'en' ? problem.en : problem.zh);

/** That a source was not well when it saw this; null when nothing is known. */
export const doubt = ({ deviceProblems = [] }) =>
  deviceProblems.length === 0
    ? null
    : h('span', { class: 'chip doubt' }, t().sourceUnwell(deviceProblems.map(textOf).join(' · ')));

/** The button in the bar that counts the devices that are not well, and lists them. */
export const createDeviceButton = ({ onFailed }) => {
  const button = byId('devices');
  let unwell = [];

  const redraw = () => {
    button.hidden = unwell.length === 0;
    button.textContent = t().devicesUnwell(unwell.length);
  };
  const load = async () => {
    const page = await request(`devices?health=unhealthy&limit=${SHOWN}`);
    unwell = page.items;
    redraw();
  };
  const show = () => {
    const dialog = h(
      'dialog',
      { 'aria-label': t().devicesUnwell(unwell.length) },
      h('h2', {}, t().devicesUnwell(unwell.length)),
      h('ul', { class: 'rows' }, unwell.map(row)),
      h(
        'div',
        { class: 'acts' },
        h('button', { type: 'button', onclick: () => dialog.close() }, t().close),
      ),
    );
    dialog.addEventListener('close', () => {
      dialog.remove();
      button.focus();
    });
    document.body.append(dialog);
    dialog.showModal();
  };
  button.addEventListener('click', () => void load().then(show, onFailed));

  const polling = createPolling(load);
  return {
    redraw,
    enter: polling.start,
    leave() {
      polling.stop();
      unwell = [];
      redraw();
    },
  };
};

const row = ({ name, health }) =>
  h(
    'li',
    {},
    h('span', { class: 'grow' }, name),
    h('span', {}, health.problems.map(textOf).join(' · ')),
    health.since === null
      ? null
      : h('time', { datetime: health.since }, clockTime(health.since, currentLanguage())),
  );
