import { s } from './dom.js';
import { distance, offset } from './format.js';
import { t } from './texts.js';

/** Aircraft that are not ours and belong in a sketch of this incident: in its airspace, or within what is drawn. */
export const aircraftNear = (aircraft, { id, fix }, reachM) =>
  aircraft.filter((each) => each.incidentIds.includes(id) || offset(fix, each).distanceM <= reachM);

/** A foreign aircraft as a diamond with its track; pointing at it tells what is known. */
export const aircraftMark = (aircraft, fix, at) => {
  const [x, y] = at(aircraft);
  const track = aircraft.track.map((point) => at(point).map(Math.round).join(','));
  return s(
    'g',
    { class: 'foreign' },
    s('polyline', { points: [...track, `${Math.round(x)},${Math.round(y)}`].join(' ') }),
    s(
      'path',
      { d: `M${x} ${y - 7} L${x + 7} ${y} L${x} ${y + 7} L${x - 7} ${y} Z` },
      s('title', {}, aircraftText(aircraft, fix)),
    ),
  );
};

/** "Foreign · 1581F4BB0012 · 820 m · 120 m high": what of it is known. */
export const aircraftText = (aircraft, fix) => {
  const { heightM, operator } = aircraft;
  return [
    t().foreign,
    aircraft.id,
    distance(offset(fix, aircraft).distanceM),
    heightM === null ? '' : t().high(Math.round(heightM)),
    operator === null ? '' : t().operatorAt(operator),
  ]
    .filter((part) => part !== '')
    .join(' · ');
};
