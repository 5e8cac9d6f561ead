import { showDialog } from './dialog.js';
import { h } from './dom.js';
import { request } from './http.js';
import { allPlaces } from './places.js';
import { matchPlaces, newReportId, readCoordinates } from './report-input.js';
import { t } from './texts.js';

const SHOWN_PLACES = 8;
const RADII_M = [100, 300, 1_000, 3_000];
const GEOLOCATION = { enableHighAccuracy: true, timeout: 20_000, maximumAge: 30_000 };

/**
 * The form in which a call or what a ranger sees is entered. Resolves with what the service answered, undefined when it
 * was cancelled. A report is one however often it is sent: its id is made when the form opens.
 */
export const askForReport = () =>
  new Promise((resolve) => {
    let answer;
    const id = newReportId();
    const where = placeFields();
    const fault = h('p', { class: 'error', role: 'alert', hidden: true });
    const send = h('button', { type: 'submit', class: 'primary' }, t().report.send);
    const form = h(
      'form',
      { class: 'report', onsubmit: (event) => void submit(event) },
      h('h2', { id: 'report-title' }, t().report.title),
      choice('source', { caller: t().report.caller, ranger: t().report.ranger }),
      choice('kind', { smoke: t().report.smoke, flame: t().report.flame }),
      ...where.fields,
      field(t().report.text, h('textarea', { name: 'text', rows: 3, maxlength: 2000 })),
      field(
        t().report.phone,
        h('input', { name: 'phone', type: 'tel', maxlength: 40, autocomplete: 'off' }),
      ),
      field(
        t().report.photo,
        h('input', {
          name: 'photo',
          type: 'file',
          accept: 'image/jpeg,image/png,image/webp',
          capture: 'environment',
        }),
      ),
      fault,
      h(
        'div',
        { class: 'acts' },
        send,
        h('button', { type: 'button', onclick: () => dialog.close() }, t().cancel),
      ),
    );
    const dialog = h('dialog', { 'aria-labelledby': 'report-title' }, form);

    const say = (text) => {
      fault.hidden = text === undefined;
      fault.textContent = text ?? '';
    };
    const submit = async (event) => {
      event.preventDefault();
      const place = where.read();
      if (typeof place === 'string') return say(place);
      const body = new FormData(form);
      for (const name of ['village', 'coordinates', 'regionId', 'datum', 'positionRadiusM'])
        body.delete(name);
      for (const [name, value] of Object.entries({ id, ...place })) body.set(name, String(value));
      send.disabled = true;
      say(undefined);
      try {
        answer = await request('reports', { method: 'POST', body });
        dialog.close();
      } catch (error) {
        say(error.status === 0 ? t().unreachable : t().failed(error.message));
        send.disabled = false;
      }
    };

    showDialog(dialog, () => resolve(answer));
  });

const field = (title, input) => h('label', {}, h('span', {}, title), input);

/** Radio buttons, the first chosen. */
const choice = (name, texts) =>
  h(
    'div',
    { class: 'choice', role: 'radiogroup' },
    Object.entries(texts).map(([value, text], i) =>
      h(
        'label',
        {},
        h('input', { type: 'radio', name, value, checked: i === 0 }),
        h('span', {}, text),
      ),
    ),
  );

/** A position typed, pasted or taken from the telephone; else a village by its name. */
const placeFields = () => {
  const places = allPlaces();
  const found = h('div', { class: 'choices', role: 'radiogroup' });
  const village = h('input', { name: 'village', autocomplete: 'off', maxlength: 100 });
  const coordinates = h('input', {
    name: 'coordinates',
    autocomplete: 'off',
    inputmode: 'text',
    placeholder: '113.2692, 26.7091',
    maxlength: 60,
  });
  const datum = select('datum', { wgs84: t().report.wgs84, gcj02: t().report.gcj02 });
  const radius = select(
    'positionRadiusM',
    Object.fromEntries(RADII_M.map((metres) => [metres, t().report.within(metres)])),
  );
  radius.value = '300';
  const here = h(
    'button',
    {
      type: 'button',
      class: 'small',
      onclick: () => locate(),
      hidden: !('geolocation' in navigator) || !isSecureContext,
    },
    t().report.here,
  );

  const showFound = () => {
    const matches = matchPlaces(places, village.value, SHOWN_PLACES);
    found.replaceChildren(
      ...matches.map(({ id, path }) =>
        h(
          'label',
          {},
          h('input', { type: 'radio', name: 'regionId', value: id, checked: matches.length === 1 }),
          h('span', {}, path),
        ),
      ),
    );
  };
  village.addEventListener('input', showFound);

  const locate = () => {
    here.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        coordinates.value = `${coords.longitude.toFixed(6)}, ${coords.latitude.toFixed(6)}`;
        datum.value = 'wgs84';
        const enough = RADII_M.find((metres) => metres >= coords.accuracy);
        radius.value = String(Math.max(300, enough ?? RADII_M.at(-1)));
        here.disabled = false;
      },
      () => {
        coordinates.placeholder = t().report.noFix;
        here.disabled = false;
      },
      GEOLOCATION,
    );
  };

  return {
    fields: [
      field(t().report.village, village),
      found,
      field(t().report.coordinates, coordinates),
      h('div', { class: 'acts inline' }, here, datum, radius),
    ],
    /** What of a report says where, or what is wrong with it. */
    read() {
      if (coordinates.value.trim() !== '') {
        const at = readCoordinates(coordinates.value);
        if (at === undefined) return t().report.badCoordinates;
        return { ...at, datum: datum.value, positionRadiusM: radius.value };
      }
      const chosen = found.querySelector('input:checked');
      return chosen === null ? t().report.where : { regionId: chosen.value };
    },
  };
};

const select = (name, texts) =>
  h(
    'select',
    { name, 'aria-label': t().report[name] },
    Object.entries(texts).map(([value, text]) => h('option', { value }, text)),
  );
