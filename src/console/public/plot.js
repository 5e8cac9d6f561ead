import { aircraftMark, aircraftNear } from './aircraft-marks.js';
import { s } from './dom.js';
import { distance, offset, percent } from './format.js';
import { t, word } from './texts.js';

const WIDTH = 480;
const HEIGHT = 320;
/** From the fire to the edge that is nearest, in drawing units. */
const REACH = 135;
/** A resource farther than this, or than so many times the ellipse, would shrink the fire to a dot. */
const FAR_M = 2_000;
const FAR_ELLIPSES = 3;
/** As many as are told in words. */
export const SHOWN_READINGS = 3;

/**
 * A sketch around an incident, north up: its error ellipse, what each source saw, the readings that are not decided yet,
 * the nearest of each kind of resource, aircraft that are not ours.
 */
export const incidentPlot = (incident, { detections, nearby, aircraft }) => {
  const { fix } = incident;
  const hypotheses = (incident.hypotheses ?? []).slice(0, SHOWN_READINGS);
  const farM = Math.max(FAR_M, FAR_ELLIPSES * fix.ellipse.semiMajorM);
  const shown = nearestOfEachKind(nearby, farM);
  const foreign = aircraftNear(aircraft, incident, farM);
  const reachM = Math.max(
    150,
    fix.ellipse.semiMajorM * 1.15,
    ...shown.map((item) => item.distanceM * 1.1),
    ...hypotheses.map((reading) => offset(fix, reading.fix).distanceM * 1.1),
    ...foreign.map((each) => offset(fix, each).distanceM * 1.1),
  );
  const scale = REACH / reachM;
  const at = (place) => {
    const { east, north } = offset(fix, place);
    return [WIDTH / 2 + east * scale, HEIGHT / 2 - north * scale];
  };

  return s(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'plot', role: 'img', 'aria-label': t().map },
    onePerDevice(detections).map((detection) =>
      ellipse(at(detection.fix), detection.fix.ellipse, { scale, className: 'seen' }),
    ),
    ellipse([WIDTH / 2, HEIGHT / 2], fix.ellipse, { scale, className: 'ellipse' }),
    s('circle', { cx: WIDTH / 2, cy: HEIGHT / 2, r: 4, class: 'fire' }),
    hypotheses.map((reading) => readingMark(reading, at(reading.fix), scale)),
    things(shown, at),
    foreign.map((each) => aircraftMark(each, fix, at)),
    north(),
    scaleBar(scale),
  );
};

const readingMark = ({ probability, fix }, [x, y], scale) =>
  s(
    'g',
    {},
    ellipse([x, y], fix.ellipse, { scale, className: 'reading' }),
    s(
      'text',
      { x, y: y - 8, 'text-anchor': 'middle', class: 'reading-share' },
      percent(probability),
    ),
  );

const ellipse = ([x, y], { semiMajorM, semiMinorM, orientationDeg }, { scale, className }) =>
  s('ellipse', {
    cx: x,
    cy: y,
    rx: Math.max(1, semiMinorM * scale),
    ry: Math.max(1, semiMajorM * scale),
    transform: `rotate(${orientationDeg} ${x} ${y})`,
    class: className,
  });

/** Labels nearer to each other than this would be unreadable; then the farther thing is a dot only. */
const LABEL_HEIGHT = 15;
const LABEL_WIDTH = 100;

const things = (items, at) => {
  const labelled = [];
  return items
    .toSorted((a, b) => a.distanceM - b.distanceM)
    .map((item) => {
      const [lon, lat] = item.nearest;
      const [x, y] = at({ lon, lat });
      const free = labelled.every(
        ([lx, ly]) => Math.abs(ly - y) > LABEL_HEIGHT || Math.abs(lx - x) > LABEL_WIDTH,
      );
      if (free) labelled.push([x, y]);
      return thing(item, [x, y], free);
    });
};

const thing = (item, [x, y], labelled) => {
  const atEdge = x > WIDTH - 110;
  const text = `${word('kind', item.kind)} ${distance(item.distanceM)}`;
  return s(
    'g',
    {},
    s('circle', { cx: x, cy: y, r: 4, class: 'thing' }, s('title', {}, `${item.name} ${text}`)),
    labelled
      ? s(
          'text',
          { x: x + (atEdge ? -7 : 7), y: y + 4, 'text-anchor': atEdge ? 'end' : 'start' },
          text,
        )
      : null,
  );
};

const north = () =>
  s(
    'g',
    {},
    s('path', { d: 'M24 34 L24 12 M18 20 L24 12 L30 20', fill: 'none', class: 'scale' }),
    s('text', { x: 24, y: 48, 'text-anchor': 'middle', class: 'muted' }, 'N'),
  );

const scaleBar = (scale) => {
  const metres = niceLength(110 / scale);
  const length = metres * scale;
  const y = HEIGHT - 16;
  return s(
    'g',
    {},
    s('path', { d: `M16 ${y - 5} V${y} H${16 + length} V${y - 5}`, fill: 'none', class: 'scale' }),
    s('text', { x: 22 + length, y: y + 2, class: 'muted' }, distance(metres)),
  );
};

/** The largest of 1, 2, 5 × 10ⁿ that fits. */
const niceLength = (maxM) => {
  const power = 10 ** Math.floor(Math.log10(maxM));
  const digit = [5, 2, 1].find((n) => n * power <= maxM) ?? 1;
  return digit * power;
};

const nearestOfEachKind = (items, farM) => {
  const nearest = new Map();
  for (const item of items) {
    const known = nearest.get(item.kind);
    if (item.distanceM <= farM && (known === undefined || item.distanceM < known.distanceM)) {
      nearest.set(item.kind, item);
    }
  }
  return [...nearest.values()];
};

/** The most precise of each device: its frames all lie in nearly the same place. */
const onePerDevice = (detections) => {
  const best = new Map();
  for (const detection of detections) {
    const known = best.get(detection.deviceId);
    if (known === undefined || detection.fix.ellipse.semiMajorM < known.fix.ellipse.semiMajorM) {
      best.set(detection.deviceId, detection);
    }
  }
  return [...best.values()].slice(0, 12);
};
