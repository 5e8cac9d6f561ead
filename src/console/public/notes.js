import { h } from './dom.js';
import { distance, untilTime } from './format.js';
import { currentLanguage, t, word } from './texts.js';

/** What one must know of a fix before sending people there, and what holds the alarm down. */
export const notes = ({ fix, suppressions }, now) => {
  const rows = [
    ...(fix.flags ?? []).map((flag) => h('li', { class: 'flag' }, word('flag', flag))),
    fix.rangeMinM === undefined
      ? null
      : h('li', { class: 'flag' }, t().atLeast(distance(fix.rangeMinM))),
    ...suppressions.map((layer) => h('li', { class: 'held' }, suppressionText(layer, now))),
  ].filter((row) => row !== null);
  return rows.length === 0 ? null : h('ul', { class: 'notes' }, rows);
};

const suppressionText = ({ kind, name, until }, now) =>
  t().heldDown(word('suppression', kind), name, untilTime(until, now, currentLanguage()));
