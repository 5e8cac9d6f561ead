import Type from 'typebox';
import type { Incident } from '../../incidents/index.ts';
import { DateTimeSchema } from '../../shared/http.ts';
import { type ReportingRule, reportDeadline } from '../reporting/report-deadline.ts';
import type { Report } from '../reporting/report-store.ts';
import type { Escalation } from './escalation-store.ts';
import { firingsOf } from './plan-escalation.ts';

const Seconds = (description: string) => Type.Integer({ description });

export const EscalationSchema = Type.Object({
  incidentId: Type.String(),
  policy: Type.Optional(Type.Object({ id: Type.String(), name: Type.String() })),
  code: Type.Optional(Type.String({ description: 'names the incident in an SMS reply' })),
  startedAt: Type.Optional(DateTimeSchema),
  stoppedAt: Type.Optional(DateTimeSchema),
  stoppedReason: Type.Optional(Type.String()),
  declined: Type.Array(Type.String(), { description: 'ids of persons who cannot come' }),
  steps: Type.Array(
    Type.Object({
      step: Type.Integer(),
      occurrence: Type.Integer({ description: '1 and on: repeats of the step' }),
      plannedAt: DateTimeSchema,
      at: Type.Optional(DateTimeSchema),
      personIds: Type.Array(Type.String(), { description: 'told by this step' }),
    }),
    { description: 'done (`at` is there) and to come, in order' },
  ),
  nextAt: Type.Optional(DateTimeSchema),
  nextInS: Type.Optional(Seconds('0 when it is due')),
  reporting: Type.Optional(
    Type.Object({
      deadline: DateTimeSchema,
      leftS: Seconds('negative when it is past; at the report, when it was reported'),
      warnedAt: Type.Optional(DateTimeSchema),
      reportedAt: Type.Optional(DateTimeSchema),
      reportedBy: Type.Optional(Type.String()),
      reportedTo: Type.Optional(Type.String()),
    }),
  ),
});
type EscalationJson = Type.Static<typeof EscalationSchema>;

/** When a firing was made, by the timeline, and whom it told. */
export type DoneFiring = { step: number; occurrence: number; at: Date; personIds: string[] };

export const escalationJson = (
  incident: Incident,
  known: {
    escalation: Escalation | undefined;
    done: readonly DoneFiring[];
    rule: ReportingRule | undefined;
    report: Report | undefined;
    now: Date;
  },
): EscalationJson => {
  const { escalation, rule, report, now } = known;
  const deadline = rule === undefined ? null : reportDeadline(incident, rule);
  return {
    incidentId: incident.id,
    ...(escalation === undefined
      ? { declined: [], steps: [] }
      : runJson(escalation, known.done, now)),
    ...(deadline === null ? {} : { reporting: reportingJson(deadline, report, now) }),
  };
};

const runJson = (
  escalation: Escalation,
  done: readonly DoneFiring[],
  now: Date,
): Omit<EscalationJson, 'incidentId' | 'reporting'> => {
  const { policy, code, startedAt, baseAt, stoppedAt, stoppedReason, declined, nextAt } =
    escalation;
  return {
    policy: { id: policy.id, name: policy.name },
    code,
    startedAt: startedAt.toISOString(),
    ...(stoppedAt === null ? {} : { stoppedAt: stoppedAt.toISOString() }),
    ...(stoppedReason === null ? {} : { stoppedReason }),
    declined: [...declined],
    steps: firingsOf(policy.steps).map(({ step, occurrence, offsetS }) => {
      const made = done.find((one) => one.step === step && one.occurrence === occurrence);
      return {
        step,
        occurrence,
        plannedAt: new Date(baseAt.getTime() + offsetS * 1000).toISOString(),
        ...(made === undefined ? {} : { at: made.at.toISOString() }),
        personIds: made?.personIds ?? [],
      };
    }),
    ...(nextAt === null
      ? {}
      : { nextAt: nextAt.toISOString(), nextInS: Math.max(0, secondsTo(nextAt, now)) }),
  };
};

const reportingJson = (
  deadline: Date,
  report: Report | undefined,
  now: Date,
): NonNullable<EscalationJson['reporting']> => {
  const { warnedAt = null, reportedAt = null, reportedBy = null, reportedTo = null } = report ?? {};
  return {
    deadline: deadline.toISOString(),
    leftS: secondsTo(deadline, reportedAt ?? now),
    ...(warnedAt === null ? {} : { warnedAt: warnedAt.toISOString() }),
    ...(reportedAt === null ? {} : { reportedAt: reportedAt.toISOString() }),
    ...(reportedBy === null ? {} : { reportedBy }),
    ...(reportedTo === null ? {} : { reportedTo }),
  };
};

const secondsTo = (at: Date, from: Date): number =>
  Math.round((at.getTime() - from.getTime()) / 1000);
