/** As far ahead as the service itself warns of gaps; a later one is listed, and no alarm yet. */
const SOON_MS = 24 * 3_600_000;

/** Why a person on duty may not learn of a fire; null when nothing is known against it. */
const problemOf = ({ reachable, channels }) => {
  if (!reachable) return 'noContact';
  if (channels.length === 0) return 'noChannel';
  return channels.some(({ proven }) => !proven) ? 'unproven' : null;
};

const placeOf = ({ regionId, people, coveredBy }, keepsRoster) => ({
  regionId,
  people: people.map((person) => ({ ...person, problem: problemOf(person) })),
  coveredBy,
  // Where no roster is kept, that others are told is how it is meant, unless there are none.
  isMissing: coveredBy !== undefined && (keepsRoster || coveredBy.level === 'nobody'),
});

const gapOf = ({ from, to, ...gap }, { now, readTo }) => ({
  ...gap,
  from,
  // One that lasts to the end of what was read has no end in sight.
  to: Date.parse(to) >= Date.parse(readTo) ? null : to,
  isSoon: Date.parse(from) <= now + SOON_MS,
});

const isWrong = ({ isMissing, people }) => isMissing || people.some(({ problem }) => problem);

/**
 * What there is to say of who is on duty: how many, what is wrong (`problems`: persons, regions, and gaps of the next 24 h),
 * the regions, those with problems first, and the gaps, the next first.
 * From the answers of the service: `regions`, those that keep a roster (not `keepsRoster`: none does, and the whole county
 * stands in), and the `gaps` between `now` (ms) and `readTo` (ISO).
 */
export const dutyState = ({ regions, keepsRoster, gaps, now, readTo }) => {
  const places = regions.map((region) => placeOf(region, keepsRoster));
  const people = places.flatMap((place) => place.people);
  const idsOf = (persons) => new Set(persons.map(({ personId }) => personId));
  const ahead = gaps
    .map((gap) => gapOf(gap, { now, readTo }))
    .sort((a, b) => Date.parse(a.from) - Date.parse(b.from));
  return {
    now,
    keepsRoster,
    count: idsOf(people).size,
    problems:
      idsOf(people.filter(({ problem }) => problem !== null)).size +
      places.filter(({ isMissing }) => isMissing).length +
      // One that has begun is its region's, where nobody is.
      ahead.filter(({ from, isSoon }) => isSoon && Date.parse(from) > now).length,
    places: [...places.filter(isWrong), ...places.filter((place) => !isWrong(place))],
    gaps: ahead,
  };
};
