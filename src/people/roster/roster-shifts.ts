import { addDays, daysBetween, instantAt, localDay } from '../../shared/local-time.ts';
import type { Roster } from './roster.ts';

export type RosterTurn = {
  personIds: readonly string[];
  /** Inclusive. */
  from: Date;
  /** Exclusive. */
  to: Date;
};

/**
 * The turns of a roster that overlap [from, to), whole and in order. A turn lasts from handover to handover by the wall
 * clock: 08:00 stays 08:00 over a change to or from daylight saving time, and that day's turn is an hour shorter or longer.
 */
export const rosterShifts = (roster: Roster, from: Date, to: Date): RosterTurn[] => {
  const { rotation, daysPerTurn, startsOn, endsOn, timeZone, handover } = roster;
  if (rotation.length === 0 || !(from < to)) return [];
  const handoverOf = (turn: number): string => {
    const day = addDays(startsOn, turn * daysPerTurn);
    return endsOn !== null && day > endsOn ? endsOn : day;
  };
  const turns: RosterTurn[] = [];
  // A turn begun the day before may still last, and a local day is not a UTC day: one turn early is surely enough.
  const first = Math.floor(daysBetween(startsOn, localDay(from, timeZone)) / daysPerTurn) - 1;
  const start = Math.max(first, 0);
  let begins = instantAt(handoverOf(start), handover, timeZone);
  for (let turn = start; begins < to && handoverOf(turn) !== endsOn; turn += 1) {
    const ends = instantAt(handoverOf(turn + 1), handover, timeZone);
    // Nothing is left of a day that a time zone skips (Samoa, 30 December 2011).
    if (ends > from && ends > begins) {
      turns.push({ personIds: rotation[turn % rotation.length] ?? [], from: begins, to: ends });
    }
    begins = ends;
  }
  return turns;
};
