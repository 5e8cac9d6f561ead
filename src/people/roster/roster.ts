import Type from 'typebox';
import { DateTimeSchema } from '../../shared/http.ts';

/** One layer of a region's duty: slots of persons who take turns, handing over at the same local time of day. */
export type Roster = {
  id: string;
  regionId: string;
  name: string;
  /** IANA. */
  timeZone: string;
  /** The slots in order, each one or more person ids. */
  rotation: string[][];
  /** Local time of day, `HH:MM`. */
  handover: string;
  /** 1 = daily, 7 = weekly. */
  daysPerTurn: number;
  /** `yyyy-mm-dd`: the first slot's turn begins at the handover of this day. */
  startsOn: string;
  /** `yyyy-mm-dd`: the last turn ends at the handover of this day; null goes on. */
  endsOn: string | null;
};

const strict = { additionalProperties: false };

const fields = {
  regionId: Type.String({ minLength: 1, maxLength: 64 }),
  name: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }),
  timeZone: Type.Optional(
    Type.String({ maxLength: 64, description: 'IANA; by default the service’s (TZ_NAME)' }),
  ),
  rotation: Type.Array(Type.Array(Type.String({ minLength: 1 }), { maxItems: 50 }), {
    maxItems: 366,
    description: 'slots in order, each the ids of the persons who are on duty together',
  }),
  handover: Type.String({ maxLength: 10, description: 'HH:MM, local' }),
  daysPerTurn: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 366, description: '1 = daily (if left out), 7 = weekly' }),
  ),
  startsOn: Type.String({ maxLength: 10, description: 'yyyy-mm-dd, local' }),
  endsOn: Type.Optional(
    Type.Union([Type.String({ maxLength: 10 }), Type.Null()], {
      description: 'yyyy-mm-dd, local: the last turn ends at the handover of this day',
    }),
  ),
};

export const NewRosterSchema = Type.Object(fields, strict);

const { regionId: _stays, ...changeable } = fields;
export const RosterChangeSchema = Type.Partial(Type.Object(changeable, strict), {
  ...strict,
  minProperties: 1,
});

const rosterProperties = {
  id: Type.String(),
  regionId: Type.String(),
  name: Type.String(),
  timeZone: Type.String(),
  rotation: Type.Array(Type.Array(Type.String())),
  handover: Type.String(),
  daysPerTurn: Type.Integer(),
  startsOn: Type.String(),
  endsOn: Type.Union([Type.String(), Type.Null()]),
};
export const RosterSchema = Type.Object(rosterProperties);

/** What is worth knowing about a thing that was accepted: `path` names the field. */
const warnings = Type.Array(Type.Object({ path: Type.String(), message: Type.String() }));
export const WrittenRosterSchema = Type.Object({ ...rosterProperties, warnings });

/** `personId` is on duty instead of `insteadOf` wherever the latter has a turn or a shift in the region. */
export type DutyOverride = {
  id: string;
  regionId: string;
  personId: string;
  insteadOf: string;
  from: Date;
  to: Date;
  reason: string | null;
};

/** A person who is on leave from (inclusive) – to (exclusive) is on duty nowhere. */
export type Leave = { id: string; personId: string; from: Date; to: Date; reason: string | null };

const interval = { from: DateTimeSchema, to: DateTimeSchema };
const reason = Type.Optional(Type.String({ maxLength: 500 }));
const id = Type.String({ minLength: 1, maxLength: 64 });

export const NewOverrideSchema = Type.Object(
  { regionId: id, personId: id, insteadOf: id, ...interval, reason },
  strict,
);
const overrideProperties = {
  id: Type.String(),
  regionId: Type.String(),
  personId: Type.String(),
  insteadOf: Type.String(),
  ...interval,
  reason,
};
export const OverrideSchema = Type.Object(overrideProperties);
export const WrittenOverrideSchema = Type.Object({ ...overrideProperties, warnings });

export const NewLeaveSchema = Type.Object({ personId: id, ...interval, reason }, strict);
export const LeaveSchema = Type.Object({
  id: Type.String(),
  personId: Type.String(),
  ...interval,
  reason,
});
