import { localDay } from '../../shared/local-time.ts';
import { overlaps } from './interval.ts';
import type { Roster } from './roster.ts';
import type { FieldNote } from './roster-check.ts';
import { rosterShifts } from './roster-shifts.ts';

const DAY_MS = 86_400_000;
/** As far as anybody plans; two rotations that only meet later are changed before. */
const LOOK_AHEAD_MS = 62 * DAY_MS;

/**
 * Where a roster puts a person on duty in a region in which another roster has him or her on duty at the same time: then one
 * officer stands where the county believes two. The first time for each person, within two months from now or the roster's
 * first day.
 */
export const rosterOverlaps = (
  roster: Roster,
  others: readonly Roster[],
  now: Date,
): FieldNote[] => {
  const from = new Date(Math.max(now.getTime(), Date.parse(roster.startsOn) - DAY_MS));
  const to = new Date(from.getTime() + LOOK_AHEAD_MS);
  const turns = rosterShifts(roster, from, to);
  const found = new Map<string, FieldNote>();
  for (const other of others) {
    if (other.id === roster.id || other.regionId !== roster.regionId) continue;
    const otherTurns = rosterShifts(other, from, to);
    for (const turn of turns) {
      for (const personId of turn.personIds) {
        if (found.has(personId)) continue;
        const twin = otherTurns.find((t) => t.personIds.includes(personId) && overlaps(t, turn));
        if (twin === undefined) continue;
        const day = localDay(turn.from > twin.from ? turn.from : twin.from, roster.timeZone);
        found.set(personId, {
          path: placeOf(roster.rotation, personId),
          message: `person "${personId}" is on duty in roster "${other.name}" at the same time, first on ${day}; leave one of them out`,
        });
      }
    }
  }
  return [...found.values()];
};

const placeOf = (rotation: Roster['rotation'], personId: string): string => {
  const slot = rotation.findIndex((persons) => persons.includes(personId));
  return `rotation[${slot}][${rotation[slot]?.indexOf(personId) ?? 0}]`;
};
