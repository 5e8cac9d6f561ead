import Type, { type Static } from 'typebox';
import { LatSchema, LonSchema } from '../shared/geo.ts';
import { DateTimeSchema } from '../shared/http.ts';
import type { DroneCommand } from './drone-command.ts';

const MaybeNumber = Type.Union([Type.Number(), Type.Null()]);

const StatusSchema = Type.Union([
  Type.Literal('sent'),
  Type.Literal('accepted'),
  Type.Literal('in_progress'),
  Type.Literal('done'),
  Type.Literal('refused'),
  Type.Literal('failed'),
  Type.Literal('cancelled'),
  Type.Literal('superseded'),
  Type.Literal('timed_out'),
]);

export const CommandSchema = Type.Object({
  id: Type.String(),
  deviceId: Type.String(),
  gatewayId: Type.String(),
  method: Type.Union([
    Type.Literal('takeoff_to_point'),
    Type.Literal('fly_to_point'),
    Type.Literal('return_home'),
    Type.Literal('return_home_cancel'),
    Type.Literal('fly_to_point_stop'),
  ]),
  lon: Type.Union([LonSchema, Type.Null()], { description: 'null where it has no point' }),
  lat: Type.Union([LatSchema, Type.Null()]),
  altitudeM: Type.Union([Type.Number(), Type.Null()], {
    description: 'Of the point, above the WGS-84 ellipsoid',
  }),
  flightHeightM: Type.Union([Type.Number(), Type.Null()], {
    description: 'On the way, above take-off',
  }),
  speedMps: MaybeNumber,
  status: StatusSchema,
  resultCode: Type.Union([Type.Number(), Type.Null()], {
    description: 'What the aircraft answered last; 0 = fine, else the maker’s error code',
  }),
  said: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()], {
    description: 'The data of that answer, as it came',
  }),
  remainingM: MaybeNumber,
  remainingS: MaybeNumber,
  requestedBy: Type.String(),
  requestedAt: DateTimeSchema,
  updatedAt: DateTimeSchema,
  endedAt: Type.Union([DateTimeSchema, Type.Null()]),
});

export const commandJson = ({
  authority: _authority,
  tid: _tid,
  deadlineAt: _deadlineAt,
  requestedAt,
  updatedAt,
  endedAt,
  ...command
}: DroneCommand): Static<typeof CommandSchema> => ({
  ...command,
  requestedAt: requestedAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
  endedAt: endedAt?.toISOString() ?? null,
});
