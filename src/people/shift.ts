import Type from 'typebox';
import { DateTimeSchema } from '../shared/http.ts';

/** A person is on duty in a region from (inclusive) – to (exclusive). */
export type Shift = {
  id: string;
  personId: string;
  personName: string;
  regionId: string;
  from: Date;
  to: Date;
};

export const NewShiftSchema = Type.Object(
  {
    personId: Type.String({ minLength: 1 }),
    regionId: Type.String({ minLength: 1 }),
    from: DateTimeSchema,
    to: DateTimeSchema,
  },
  { additionalProperties: false },
);

export const ShiftSchema = Type.Object({
  id: Type.String(),
  personId: Type.String(),
  personName: Type.String(),
  regionId: Type.String(),
  from: DateTimeSchema,
  to: DateTimeSchema,
});
