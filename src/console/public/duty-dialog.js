import { showDialog } from './dialog.js';
import { h } from './dom.js';
import { clockTime, untilTime } from './format.js';
import { placeName } from './places.js';
import { currentLanguage, t, word } from './texts.js';

/** More names than anybody reads: all officers of a county. */
const NAMES = 6;

const flag = (text) => h('span', { class: 'flag full' }, text);

/** By region who is on duty until when, how they are told and what is wrong; then when nobody will be. */
const contentOf = ({ places, gaps, keepsRoster, now }) => {
  const { duty } = t();
  const asOf = clockTime(new Date(now).toISOString(), currentLanguage());
  return h(
    'div',
    { class: 'duty' },
    h('p', { class: 'dim' }, duty.asOf(asOf)),
    keepsRoster ? null : h('p', {}, duty.noRoster),
    places.map((place) => placeSection(place, now)),
    gaps.length === 0
      ? null
      : section(
          duty.gaps,
          gaps.map((gap) => gapRow(gap, now)),
        ),
  );
};

const section = (title, rows) =>
  h('section', {}, h('h3', {}, title), h('ul', { class: 'rows' }, rows));

const placeSection = ({ regionId, people, coveredBy, isMissing }, now) =>
  section(placeName(regionId), [
    ...people.map((person) => personRow(person, now)),
    coveredBy === undefined
      ? null
      : h(
          'li',
          {},
          isMissing ? flag(people.length === 0 ? t().duty.nobody : t().duty.noneTold) : null,
          h(
            'span',
            { class: coveredBy.level === 'nobody' ? 'flag full' : 'full' },
            coverText(coveredBy),
          ),
        ),
  ]);

const personRow = ({ name, until, channels, problem }, now) =>
  h(
    'li',
    {},
    h('span', { class: 'grow' }, name),
    h('time', { datetime: until }, t().duty.until(untilTime(until, now, currentLanguage()))),
    channels.length === 0
      ? null
      : h('span', { class: 'full dim' }, channels.map(channelText).join(' · ')),
    problem === null ? null : flag(t().duty.problem[problem]),
  );

const channelText = ({ channel, proven }) =>
  proven ? word('channel', channel) : t().duty.unproven(word('channel', channel));

const coverText = ({ level, regionId, people }) => {
  const names = people.slice(0, NAMES).map(({ name }) => name);
  const said = t().duty.names(names, people.length - names.length);
  const text = t().duty.cover[level];
  // A level that a newer service knows.
  return text === undefined ? said : text(said, placeName(regionId));
};

const gapRow = ({ regionId, from, to, coveredAbove, isSoon }, now) => {
  const { duty } = t();
  const timeOf = (iso) => untilTime(iso, now, currentLanguage());
  const times = to === null ? duty.since(timeOf(from)) : duty.span(timeOf(from), timeOf(to));
  return h(
    'li',
    {},
    h('span', { class: isSoon ? 'grow flag' : 'grow' }, placeName(regionId)),
    h('span', {}, times),
    h('span', { class: 'full dim' }, coveredAbove ? duty.coveredAbove : duty.notCovered),
  );
};

/** Shows who is on duty until it is closed; `draw` shows what is known by then. */
export const openDutyDialog = (state, onClosed) => {
  let content = contentOf(state);
  const dialog = h(
    'dialog',
    { 'aria-label': t().duty.title },
    // Else the button at the end has the focus, and a long list opens at its end.
    h('h2', { tabindex: -1, autofocus: true }, t().duty.title),
    content,
    h(
      'div',
      { class: 'acts' },
      h('button', { type: 'button', onclick: () => dialog.close() }, t().close),
    ),
  );
  showDialog(dialog, onClosed);
  return {
    draw(newer) {
      const drawn = contentOf(newer);
      content.replaceWith(drawn);
      content = drawn;
    },
    close: () => dialog.close(),
  };
};
