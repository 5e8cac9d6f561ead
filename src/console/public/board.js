import { isNews, isWaiting } from './alertness.js';
import { createCardList } from './card-list.js';
import { byId } from './dom.js';
import { age, position } from './format.js';
import { request } from './http.js';
import { renderCard } from './incident-card.js';
import { createDetails, newDetails } from './open-details.js';
import { placeName } from './places.js';
import { t, word } from './texts.js';

const OVER = new Set(['closed', 'dismissed', 'merged']);
const OPEN_STATUSES = 'reported,acknowledged,verified,responding,contained';
/** How long an incident that was just alerted stands out. */
const FRESH_MS = 20_000;

/** The list of incidents and what is open in it. `onNews` is called for each that people must hear of. */
export const createBoard = ({ toast, onFailed, onNews }) => {
  /** @type {Map<string, {incident: object, heard: string|undefined, freshUntil: number}>} */
  const entries = new Map();
  const list = byId('incidents');
  const cards = createCardList(list);
  let mayCommand = false;
  let onlyOpen = true;
  let next;
  let loaded = false;
  /** Grows with whatever changes all cards: language, names of places, who is logged in. */
  let edition = 0;

  const visible = () =>
    [...entries.values()]
      .filter(({ incident }) => !onlyOpen || !OVER.has(incident.status))
      .toSorted((a, b) => b.incident.openedAt.localeCompare(a.incident.openedAt));

  const put = (incident) => {
    const known = entries.get(incident.id);
    if (known === undefined) {
      const entry = { incident, heard: undefined, freshUntil: 0, ...newDetails() };
      entries.set(incident.id, entry);
    } else if (incident.updatedAt >= known.incident.updatedAt) {
      known.incident = incident;
    }
    return entries.get(incident.id);
  };

  /** Once for each level an incident is alerted at, whether the stream or the list brings it first. */
  const hear = (entry) => {
    const { incident } = entry;
    if (isNews(incident, entry.heard)) {
      entry.freshUntil = Date.now() + FRESH_MS;
      setTimeout(() => render(), FRESH_MS);
      byId('announce').textContent = t().newAlert(
        incident.number,
        placeName(incident.regionId),
        word('level', incident.alertLevel),
      );
      onNews();
    }
    entry.heard = incident.alertLevel;
  };

  const cardOf = (entry) => {
    const { incident, expanded, drawn } = entry;
    const fresh = entry.freshUntil > Date.now();
    return {
      id: incident.id,
      stamp: JSON.stringify([incident, expanded, drawn, fresh, edition]),
      build: () =>
        renderCard(incident, {
          place: placeName(incident.regionId),
          expanded,
          whyOpen: entry.whyOpen,
          detail: entry.detail,
          mayCommand,
          fresh,
          now: Date.now(),
          acknowledge: (event) => void acknowledge(entry, event.currentTarget),
          toggle: () => toggle(entry),
          toggleWhy: (open) => {
            entry.whyOpen = open;
          },
          copy: () => void copy(entry.incident),
        }),
    };
  };

  const render = () => {
    const shown = visible();
    cards.show(shown.map(cardOf));
    const empty = byId('empty');
    empty.hidden = shown.length > 0 || !loaded;
    empty.textContent = onlyOpen ? t().emptyOpen : t().emptyAll;
    byId('more').hidden = next === undefined;
    byId('show-open').textContent = t().open;
    byId('show-all').textContent = t().all;
    byId('show-open').setAttribute('aria-pressed', String(onlyOpen));
    byId('show-all').setAttribute('aria-pressed', String(!onlyOpen));
    const waiting = [...entries.values()].filter(({ incident }) => isWaiting(incident)).length;
    document.title = waiting === 0 ? t().title : `(${waiting}) ${t().title}`;
  };

  const details = createDetails({
    toast,
    onFailed,
    put,
    render,
    numberOf: (id) => entries.get(id)?.incident.number ?? id,
    mayCommand: () => mayCommand,
  });

  const acknowledge = async (entry, button) => {
    button.disabled = true;
    try {
      put(await request(`incidents/${entry.incident.id}/acknowledge`, { method: 'POST' }));
      toast(t().acknowledged);
      details.refresh(entry);
    } catch (error) {
      button.disabled = false;
      onFailed(error);
    }
    render();
  };

  const copy = async (incident) => {
    const text = position(incident.fix);
    try {
      await navigator.clipboard.writeText(text);
      toast(t().copied);
    } catch {
      // Without HTTPS there is no clipboard: show it, so that it can be read out or copied by hand.
      toast(text);
    }
  };

  const toggle = (entry) => {
    entry.expanded = !entry.expanded;
    render();
    details.refresh(entry, 0);
  };

  const load = async (cursor) => {
    const status = onlyOpen ? `&status=${OPEN_STATUSES}` : '';
    const from = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = await request(`incidents?limit=50${status}${from}`);
    for (const incident of page.items) hear(put(incident));
    next = page.next;
    loaded = true;
    render();
  };

  const more = (cursor) => {
    load(cursor).catch((error) => onFailed(error));
  };
  const show = (open) => {
    onlyOpen = open;
    next = undefined;
    render();
    more();
  };
  byId('show-open').addEventListener('click', () => show(true));
  byId('show-all').addEventListener('click', () => show(false));
  byId('more').addEventListener('click', () => more(next));

  setInterval(() => {
    for (const element of list.querySelectorAll('[data-age]')) {
      element.textContent = age(element.getAttribute('data-age'), Date.now(), t().ago);
    }
  }, 15_000);

  /** Shows one incident with its details, wherever it stands in the list. */
  const reveal = async (id) => {
    const entry = entries.get(id) ?? put(await request(`incidents/${encodeURIComponent(id)}`));
    if (OVER.has(entry.incident.status)) onlyOpen = false;
    if (!entry.expanded) toggle(entry);
    else render();
    list.querySelector(`[data-id="${CSS.escape(id)}"]`)?.scrollIntoView({ block: 'start' });
  };

  return {
    load,
    reveal: (id) => reveal(id).catch(onFailed),
    /** One event of the stream. */
    take(event) {
      const entry = put(event.incident);
      hear(entry);
      render();
      details.refresh(entry);
    },
    setCommander(may) {
      mayCommand = may;
    },
    /** In another language, or with names learnt since. */
    redraw() {
      edition += 1;
      for (const entry of entries.values()) details.draw(entry);
      render();
    },
    clear() {
      entries.clear();
      loaded = false;
      next = undefined;
      render();
    },
  };
};
