import Type from 'typebox';
import { LatSchema, LonSchema } from '../shared/geo.ts';
import { DateTimeSchema } from '../shared/http.ts';

const SourceSchema = Type.Union([Type.Literal('caller'), Type.Literal('ranger')], {
  description: '`caller`: somebody on the telephone (12119); `ranger`: a ranger or grid member',
});
const KindSchema = Type.Union([Type.Literal('smoke'), Type.Literal('flame')]);

/** What is sent: a position, or a region by id or name. */
export const ReportBodySchema = Type.Object(
  {
    id: Type.Optional(
      Type.String({
        format: 'uuid',
        description: 'Chosen by the sender; the same again changes nothing',
      }),
    ),
    source: SourceSchema,
    kind: Type.Optional(KindSchema),
    text: Type.Optional(Type.String({ maxLength: 2000, description: 'What the person said' })),
    phone: Type.Optional(Type.String({ maxLength: 40 })),
    lon: Type.Optional(LonSchema),
    lat: Type.Optional(LatSchema),
    datum: Type.Optional(
      Type.Union([Type.Literal('wgs84'), Type.Literal('gcj02')], {
        description: 'Of `lon` and `lat`; a Chinese map app shows `gcj02`. Default `wgs84`',
      }),
    ),
    positionRadiusM: Type.Optional(
      Type.Number({
        minimum: 1,
        maximum: 20_000,
        description: 'How far from there the fire may be, 95 %. Default: locate.reportedRadiusM',
      }),
    ),
    regionId: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    village: Type.Optional(
      Type.String({ minLength: 1, maxLength: 100, description: 'Name of a region: 龙溪村' }),
    ),
    observedAt: Type.Optional(DateTimeSchema),
    photo: Type.Optional(
      Type.Unknown({ description: 'Only in multipart/form-data: a JPEG, PNG or WebP file' }),
    ),
  },
  { additionalProperties: false },
);
export type ReportBody = Type.Static<typeof ReportBodySchema>;

export type WitnessSource = ReportBody['source'];

/** A report as it is kept. */
export type WitnessReport = {
  id: string;
  detectionId: string;
  source: WitnessSource;
  said: string;
  phone: string | null;
  personId: string | null;
  regionId: string | null;
  imageId: string | null;
  observedAt: Date;
  receivedAt: Date;
  enteredBy: string;
};

/** What of a report people see; its number is hidden from those who have no need of it. */
export const WitnessReportSchema = Type.Object({
  id: Type.String(),
  detectionId: Type.String(),
  source: SourceSchema,
  text: Type.String(),
  phone: Type.Union([Type.String(), Type.Null()]),
  personId: Type.Union([Type.String(), Type.Null()]),
  personName: Type.Union([Type.String(), Type.Null()]),
  regionId: Type.Union([Type.String(), Type.Null()]),
  imageId: Type.Union([Type.String(), Type.Null()]),
  observedAt: DateTimeSchema,
  receivedAt: DateTimeSchema,
  enteredBy: Type.String({ description: '`person:{id}` or `user:{name}`' }),
});
