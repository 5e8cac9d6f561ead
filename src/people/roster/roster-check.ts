import { isDay, isTimeZone } from '../../shared/local-time.ts';
import { isReachable } from '../duty.ts';
import type { Person } from '../person.ts';
import type { Roster } from './roster.ts';

export type FieldNote = { path: string; message: string };

/** Every mistake in a roster; `people` are those it names and who exist. */
export const checkRoster = (
  roster: Roster,
  { people, regionExists }: { people: ReadonlyMap<string, Person>; regionExists: boolean },
): FieldNote[] => [
  ...(regionExists
    ? []
    : [{ path: 'regionId', message: `region "${roster.regionId}" does not exist; import it` }]),
  ...checkWhen(roster),
  ...checkRotation(roster.rotation, people),
];

const checkWhen = ({ timeZone, handover, startsOn, endsOn }: Roster): FieldNote[] => {
  const errors: FieldNote[] = [];
  if (!isTimeZone(timeZone)) {
    errors.push({
      path: 'timeZone',
      message: `"${timeZone}" is not an IANA time zone; write e.g. Asia/Shanghai`,
    });
  }
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(handover)) {
    errors.push({
      path: 'handover',
      message: `"${handover}" is not a time of day; write HH:MM, from 00:00 to 23:59`,
    });
  }
  for (const [path, day] of [
    ['startsOn', startsOn],
    ['endsOn', endsOn],
  ] as const) {
    if (day === null || isDay(day)) continue;
    errors.push({ path, message: `"${day}" is not a day; write yyyy-mm-dd, e.g. 2026-11-01` });
  }
  if (endsOn !== null && isDay(startsOn) && isDay(endsOn) && endsOn <= startsOn) {
    errors.push({ path: 'endsOn', message: 'must be after startsOn' });
  }
  return errors;
};

const checkRotation = (
  rotation: Roster['rotation'],
  people: ReadonlyMap<string, Person>,
): FieldNote[] => {
  if (rotation.length === 0) {
    return [{ path: 'rotation', message: 'is empty; name at least one person: [["p-…"]]' }];
  }
  return rotation.flatMap((slot, index) => {
    const path = `rotation[${index}]`;
    if (slot.length === 0) return [{ path, message: 'is empty; name who is on duty in this slot' }];
    return slot.flatMap((personId, position): FieldNote[] => {
      const here = `${path}[${position}]`;
      if (!people.has(personId)) {
        return [
          { path: here, message: `person "${personId}" does not exist; register them first` },
        ];
      }
      if (slot.indexOf(personId) === position) return [];
      return [{ path: here, message: `person "${personId}" is in this slot twice` }];
    });
  });
};

/** Persons whose turn would come to nothing because they cannot be told. */
export const rosterWarnings = (
  { rotation }: Pick<Roster, 'rotation'>,
  people: ReadonlyMap<string, Person>,
): FieldNote[] =>
  rotation.flatMap((slot, index) =>
    slot.flatMap((personId, position) =>
      contactWarnings(`rotation[${index}][${position}]`, people.get(personId)),
    ),
  );

export const contactWarnings = (path: string, person: Person | undefined): FieldNote[] =>
  person === undefined || isReachable(person)
    ? []
    : [
        {
          path,
          message: `${person.name} (${person.id}) has no contact that can be used, and counts as not on duty; add one`,
        },
      ];
