import { labelDetection, mergeAway, splitOff, undoLast } from './corrections.js';
import { h } from './dom.js';
import { loadDetail, renderDetail } from './incident-detail.js';
import { t } from './texts.js';

const DETAIL_DELAY_MS = 400;
/** While a foreign aircraft is in its airspace: where it flies is no event. */
const AIRCRAFT_EVERY_MS = 5_000;

/** What of an incident is shown beyond the list, and what the person has opened and chosen in it. */
export const newDetails = () => ({
  detail: h('p', { class: 'detail none' }, '…'),
  loaded: undefined,
  expanded: false,
  whyOpen: false,
  openSources: new Set(),
  chosen: new Set(),
  /** Counts what is drawn, so that the card is drawn with it. */
  drawn: 0,
});

/** Loads and draws the open details of incidents and carries out what is corrected in them. */
export const createDetails = ({ toast, onFailed, put, render, numberOf, mayCommand }) => {
  const draw = (entry) => {
    if (entry.loaded === undefined) return;
    entry.detail = renderDetail(entry.loaded, viewOf(entry));
    entry.drawn += 1;
  };

  /** Several events of one incident come together; they are worth one look. */
  const refresh = (entry, delayMs = DETAIL_DELAY_MS) => {
    if (!entry.expanded) return;
    clearTimeout(entry.timer);
    entry.timer = setTimeout(async () => {
      try {
        entry.loaded = await loadDetail(entry.incident.id);
        draw(entry);
        render();
        const { id } = entry.incident;
        if (entry.loaded.aircraft.some(({ incidentIds }) => incidentIds.includes(id))) {
          refresh(entry, AIRCRAFT_EVERY_MS);
        }
      } catch (error) {
        onFailed(error);
      }
    }, delayMs);
  };

  /** Shows what the service answers, or why it refuses. */
  const correct = async (entry, asking, said) => {
    try {
      const answer = await asking;
      if (answer === undefined) return;
      put(answer);
      toast(said(answer));
      refresh(entry, 0);
    } catch (error) {
      onFailed(error);
    }
    render();
  };

  const split = (entry) => {
    const { incident } = entry;
    const ids = entry.loaded.incident.detections
      .map(({ id }) => id)
      .filter((id) => entry.chosen.has(id));
    if (ids.length === incident.detectionCount) return toast(t().splitAll);
    return correct(entry, splitOff(incident, ids), ({ number }) => {
      entry.chosen.clear();
      return t().splitDone(number);
    });
  };

  const viewOf = (entry) => ({
    mayCommand: mayCommand(),
    numberOf,
    chosen: entry.chosen,
    openSources: entry.openSources,
    choose(ids, on) {
      for (const id of ids) {
        if (on) entry.chosen.add(id);
        else entry.chosen.delete(id);
      }
      draw(entry);
      render();
    },
    toggleSource(deviceId, open) {
      if (open) entry.openSources.add(deviceId);
      else entry.openSources.delete(deviceId);
    },
    label: (detection) => void correct(entry, labelDetection(detection), () => t().judged),
    split: () => void split(entry),
    merge: () =>
      void correct(entry, mergeAway(entry.incident, toast), ({ number }) => t().mergeDone(number)),
    undo: () => void correct(entry, undoLast(entry.incident), () => t().undoDone),
  });

  return { draw, refresh };
};
