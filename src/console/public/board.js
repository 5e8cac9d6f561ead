import { byId, h } from './dom.js';
import { age, position } from './format.js';
import { request } from './http.js';
import { renderCard } from './incident-card.js';
import { loadDetail, renderDetail } from './incident-detail.js';
import { placeName } from './places.js';
import { t } from './texts.js';

const OVER = new Set(['closed', 'dismissed', 'merged']);
const OPEN_STATUSES = 'reported,acknowledged,verified,responding,contained';
/** How long a new incident stands out. */
const FRESH_MS = 20_000;
const DETAIL_DELAY_MS = 400;

/** The list of incidents and what is open in it. */
export const createBoard = ({ toast, onFailed }) => {
  /** @type {Map<string, {incident: object, expanded: boolean, detail: Element, loaded: object|undefined, freshUntil: number}>} */
  const entries = new Map();
  const list = byId('incidents');
  let mayCommand = false;
  let onlyOpen = true;
  let next;
  let loaded = false;

  const visible = () =>
    [...entries.values()]
      .filter(({ incident }) => !onlyOpen || !OVER.has(incident.status))
      .toSorted((a, b) => b.incident.openedAt.localeCompare(a.incident.openedAt));

  const put = (incident) => {
    const known = entries.get(incident.id);
    if (known === undefined) {
      entries.set(incident.id, {
        incident,
        expanded: false,
        detail: h('p', { class: 'detail none' }, '…'),
        loaded: undefined,
        freshUntil: 0,
      });
    } else if (incident.updatedAt >= known.incident.updatedAt) {
      known.incident = incident;
    }
    return entries.get(incident.id);
  };

  const card = (entry) =>
    renderCard(entry.incident, {
      place: placeName(entry.incident.regionId),
      expanded: entry.expanded,
      detail: entry.detail,
      mayCommand,
      fresh: entry.freshUntil > Date.now(),
      now: Date.now(),
      acknowledge: (event) => void acknowledge(entry, event.currentTarget),
      toggle: () => toggle(entry),
      copy: () => void copy(entry.incident),
    });

  /** Keeps the keyboard where it was: a re-drawn card must not take it away in the middle of a fire. */
  const render = () => {
    const focused = document.activeElement;
    const act = focused?.getAttribute('data-act');
    const id = focused?.closest('[data-id]')?.getAttribute('data-id');
    const shown = visible();
    list.replaceChildren(...shown.map(card));
    if (act && id) list.querySelector(`[data-id="${id}"] [data-act="${act}"]`)?.focus();
    const empty = byId('empty');
    empty.hidden = shown.length > 0 || !loaded;
    empty.textContent = onlyOpen ? t().emptyOpen : t().emptyAll;
    byId('more').hidden = next === undefined;
    byId('show-open').textContent = t().open;
    byId('show-all').textContent = t().all;
    byId('show-open').setAttribute('aria-pressed', String(onlyOpen));
    byId('show-all').setAttribute('aria-pressed', String(!onlyOpen));
    const waiting = [...entries.values()].filter((e) => e.incident.status === 'reported').length;
    document.title = waiting === 0 ? t().title : `(${waiting}) ${t().title}`;
  };

  const acknowledge = async (entry, button) => {
    button.disabled = true;
    try {
      put(await request(`incidents/${entry.incident.id}/acknowledge`, { method: 'POST' }));
      toast(t().acknowledged);
      refreshDetail(entry);
    } catch (error) {
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
    if (entry.expanded) refreshDetail(entry, 0);
  };

  /** Several events of one incident come together; they are worth one look. */
  const refreshDetail = (entry, delayMs = DETAIL_DELAY_MS) => {
    if (!entry.expanded) return;
    clearTimeout(entry.timer);
    entry.timer = setTimeout(async () => {
      try {
        entry.loaded = await loadDetail(entry.incident.id);
        entry.detail = renderDetail(entry.loaded);
        render();
      } catch (error) {
        onFailed(error);
      }
    }, delayMs);
  };

  const load = async (cursor) => {
    const status = onlyOpen ? `&status=${OPEN_STATUSES}` : '';
    const from = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = await request(`incidents?limit=50${status}${from}`);
    for (const incident of page.items) put(incident);
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

  return {
    load,
    /** One event of the stream. True when it opened an incident. */
    take(event) {
      const isNew = event.type === 'opened';
      const entry = put(event.incident);
      if (isNew) entry.freshUntil = Date.now() + FRESH_MS;
      render();
      refreshDetail(entry);
      return isNew;
    },
    setCommander(may) {
      mayCommand = may;
    },
    /** In another language, or with names learnt since. */
    redraw() {
      for (const entry of entries.values()) {
        if (entry.loaded !== undefined) entry.detail = renderDetail(entry.loaded);
      }
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
