import Type, { type Static } from 'typebox';
import { DeviceProblemSchema, problemJson } from '../devices/index.ts';
import { DetectionImagesSchema } from '../images/index.ts';
import { FixSchema } from '../shared/geo.ts';
import { DateTimeSchema } from '../shared/http.ts';
import type { IncidentStatus } from './candidate.ts';
import type { StoredDetection } from './detection-store.ts';
import type { Incident } from './incident.ts';
import type { IncidentEvent } from './incident-event-store.ts';

export const INCIDENT_STATUSES: readonly IncidentStatus[] = [
  'reported',
  'acknowledged',
  'verified',
  'responding',
  'contained',
  'closed',
  'dismissed',
  'merged',
];

const Fraction = Type.Number({ minimum: 0, maximum: 1 });
const Kind = Type.Union([Type.Literal('smoke'), Type.Literal('flame'), Type.Literal('heat')]);

/** What a person says a detection really shows. */
export const LabelSchema = Type.Union([
  Type.Literal('wildfire_smoke'),
  Type.Literal('other_smoke'),
  Type.Literal('other'),
]);

/** An incident as lists, the live stream and every act on it show it. */
export const IncidentSchema = Type.Object({
  id: Type.String(),
  number: Type.String({ description: '{regionCode}-{yyyymmdd}-{seq}, local time' }),
  status: Type.Union([
    Type.Literal('reported'),
    Type.Literal('acknowledged'),
    Type.Literal('verified'),
    Type.Literal('responding'),
    Type.Literal('contained'),
    Type.Literal('closed'),
    Type.Literal('dismissed'),
    Type.Literal('merged'),
  ]),
  confidence: Type.Number({
    minimum: 0,
    maximum: 1,
    description: 'Probability that it is a wildfire; `factors` say why',
  }),
  factors: Type.Array(Type.Object({ name: Type.String(), ratio: Type.Number() }), {
    description: 'Likelihood ratios that made the confidence, prior odds aside',
  }),
  alertLevel: Type.Union([Type.Literal('none'), Type.Literal('review'), Type.Literal('strong')], {
    description: 'The highest level people were alerted at; `none`: it is listed only',
  }),
  suppressions: Type.Array(
    Type.Object({
      kind: Type.String(),
      id: Type.String(),
      name: Type.String(),
      until: DateTimeSchema,
    }),
    { description: 'Permitted burns, heat sources and view masks that hold it down' },
  ),
  severity: Type.Union([
    Type.Literal('low'),
    Type.Literal('moderate'),
    Type.Literal('high'),
    Type.Literal('critical'),
  ]),
  regionId: Type.String(),
  openedAt: DateTimeSchema,
  updatedAt: DateTimeSchema,
  acknowledgedAt: Type.Optional(DateTimeSchema),
  verifiedAt: Type.Optional(DateTimeSchema),
  respondingAt: Type.Optional(DateTimeSchema),
  containedAt: Type.Optional(DateTimeSchema),
  closedAt: Type.Optional(DateTimeSchema),
  dismissedReason: Type.Optional(Type.String()),
  mergedIntoId: Type.Optional(Type.String()),
  fix: FixSchema,
  detectionCount: Type.Integer({ minimum: 0 }),
  sources: Type.Array(Type.String(), { description: 'Ids of the devices that saw it' }),
});
export type IncidentJson = Static<typeof IncidentSchema>;

/** One observation, newest first in an incident. Azimuth from true north; null = the source did not say. */
export const IncidentDetectionSchema = Type.Object({
  id: Type.String(),
  deviceId: Type.String(),
  kind: Kind,
  confidence: Fraction,
  observedAt: DateTimeSchema,
  receivedAt: DateTimeSchema,
  fix: FixSchema,
  azimuthDeg: Type.Union([Type.Number(), Type.Null()]),
  elevationDeg: Type.Union([Type.Number(), Type.Null()]),
  rangeM: Type.Union([Type.Number(), Type.Null()]),
  temperatureC: Type.Union([Type.Number(), Type.Null()]),
  /** Where its source says the picture is. */
  imageUrl: Type.Union([Type.String(), Type.Null()]),
  label: Type.Union([LabelSchema, Type.Null()]),
  deviceProblems: Type.Array(DeviceProblemSchema, {
    description: 'What was wrong with the device when it saw this',
  }),
});

export const IncidentDetailSchema = Type.Object({
  ...IncidentSchema.properties,
  detections: Type.Array(
    Type.Object({ ...IncidentDetectionSchema.properties, ...DetectionImagesSchema }),
  ),
  hypotheses: Type.Optional(
    Type.Array(
      Type.Object({
        probability: Fraction,
        deviceIds: Type.Array(Type.String()),
        fix: FixSchema,
      }),
      {
        description:
          'While it is not decided which detections are of this fire: each reading, the likeliest first. `fix` of the incident uses only what all of them share',
      },
    ),
  ),
});

export const IncidentEventSchema = Type.Object({
  id: Type.Integer(),
  incidentId: Type.String(),
  type: Type.String(),
  actor: Type.String({ description: '`system`, `device:{id}`, `person:{id}` or `user:{name}`' }),
  at: DateTimeSchema,
  data: Type.Record(Type.String(), Type.Unknown()),
});

export const incidentJson = (incident: Incident): IncidentJson => ({
  id: incident.id,
  number: incident.number,
  status: incident.status,
  confidence: incident.confidence,
  factors: [...incident.factors],
  alertLevel: incident.alertLevel,
  suppressions: [...incident.suppressions],
  severity: incident.severity,
  regionId: incident.regionId,
  openedAt: incident.openedAt.toISOString(),
  updatedAt: incident.updatedAt.toISOString(),
  ...moment('acknowledgedAt', incident.acknowledgedAt),
  ...moment('verifiedAt', incident.verifiedAt),
  ...moment('respondingAt', incident.respondingAt),
  ...moment('containedAt', incident.containedAt),
  ...moment('closedAt', incident.closedAt),
  ...(incident.dismissedReason === null ? {} : { dismissedReason: incident.dismissedReason }),
  ...(incident.mergedIntoId === null ? {} : { mergedIntoId: incident.mergedIntoId }),
  fix: incident.fix,
  detectionCount: incident.detectionCount,
  sources: [...incident.sourceIds],
});

export const detectionJson = (
  detection: StoredDetection,
): Static<typeof IncidentDetectionSchema> => ({
  id: detection.id,
  deviceId: detection.deviceId,
  kind: detection.kind,
  confidence: detection.confidence,
  observedAt: detection.observedAt.toISOString(),
  receivedAt: detection.receivedAt.toISOString(),
  fix: detection.fix,
  azimuthDeg: detection.azimuthDeg,
  elevationDeg: detection.elevationDeg,
  rangeM: detection.rangeM,
  temperatureC: detection.temperatureC,
  imageUrl: detection.imageUrl,
  label: detection.label,
  deviceProblems: (detection.deviceProblems ?? []).map(problemJson),
});

export const hypothesesJson = ({
  hypotheses,
}: Incident): Pick<Static<typeof IncidentDetailSchema>, 'hypotheses'> =>
  hypotheses.length === 0
    ? {}
    : {
        hypotheses: hypotheses.map(({ probability, deviceIds, fix }) => ({
          probability,
          deviceIds: [...deviceIds],
          fix,
        })),
      };

/** Ids are bigint in the table; they stay far below 2^53, so JSON carries them as numbers. */
export const eventJson = (event: IncidentEvent): Static<typeof IncidentEventSchema> => ({
  id: Number(event.id),
  incidentId: event.incidentId,
  type: event.type,
  actor: event.actor,
  at: event.at.toISOString(),
  data: event.data,
});

const moment = <K extends string>(key: K, at: Date | null): { [P in K]?: string } =>
  at === null ? {} : ({ [key]: at.toISOString() } as { [P in K]: string });
