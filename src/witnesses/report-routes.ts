import Type from 'typebox';
import { requireVisible } from '../incidents/index.ts';
import { maskAddress, seesAddresses } from '../people/index.ts';
import { AppError } from '../shared/app-error.ts';
import {
  type AccessRole,
  ANY_ROLE,
  type App,
  type RouteGroup,
  type User,
  type VisibleRegions,
} from '../shared/http.ts';
import { readForm } from './report-form.ts';
import { listReports, type NamedReport } from './report-store.ts';
import { type TakeReportDeps, takeReport } from './take-report.ts';
import { ReportBodySchema, WitnessReportSchema } from './witness-report.ts';

export type ReportRoutesDeps = TakeReportDeps & {
  visibleRegions: VisibleRegions;
  /** Of a photo. */
  maxPhotoBytes: number;
};

/** Whoever answers the telephone or stands in the forest; a viewer only looks. */
const REPORTERS: readonly AccessRole[] = ['operator', 'duty_officer', 'dispatcher'];

/** The fields beside the photo, and what separates them. */
const FIELDS_BYTES = 64 * 1024;

const TakenSchema = Type.Object({
  reportId: Type.String(),
  detectionId: Type.String(),
  incidentId: Type.String(),
  number: Type.String(),
  opened: Type.Boolean({ description: 'False: it joined an incident' }),
  duplicate: Type.Boolean({ description: 'It had been taken before' }),
  photoProblem: Type.Optional(
    Type.String({ description: 'Why the photo was not kept; the report was' }),
  ),
});

/** `POST reports`: what a caller or a ranger says; `GET incidents/{id}/reports`: what they said. */
export const witnessRoutes =
  (deps: ReportRoutesDeps): RouteGroup =>
  (app) => {
    void app.register(async (scope: App) => takeRoute(scope, deps));
    readRoute(app, deps);
  };

const takeRoute = (app: App, deps: ReportRoutesDeps): void => {
  const bodyLimit = deps.maxPhotoBytes + FIELDS_BYTES;
  app.addContentTypeParser(
    'multipart/form-data',
    { parseAs: 'buffer', bodyLimit },
    (request, body, done) => {
      const fields = Buffer.isBuffer(body)
        ? readForm(request.headers['content-type'] ?? '', body)
        : null;
      if (fields === null) done(new AppError('bad_request', 'The form has no fields'), undefined);
      else done(null, fields);
    },
  );
  app.post(
    '/reports',
    {
      bodyLimit,
      config: { access: REPORTERS },
      schema: {
        tags: ['detections'],
        summary: 'Report a fire that somebody has seen; 200 when it was taken before',
        description:
          'As JSON, or as multipart/form-data with a file `photo`. It is located and joined to an incident as any detection, and alerts as one. Say where: `lon` and `lat`, `regionId`, or the name of a `village`.',
        body: ReportBodySchema,
        response: { 200: TakenSchema, 201: TakenSchema },
      },
    },
    async ({ body, user }, reply) => {
      const taken = await takeReport(deps, body, user);
      return reply.code(taken.duplicate ? 200 : 201).send(taken);
    },
  );
};

const readRoute = (app: App, { pool, visibleRegions }: ReportRoutesDeps): void => {
  app.get(
    '/incidents/:id/reports',
    {
      config: { access: ANY_ROLE },
      schema: {
        tags: ['incidents'],
        summary: 'What callers and rangers said of it, oldest first',
        params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
        response: { 200: Type.Object({ items: Type.Array(WitnessReportSchema) }) },
      },
    },
    async ({ params, user }) => {
      const { id } = await requireVisible(pool, params.id, visibleRegions(user));
      const reports = await listReports(pool, id);
      return { items: reports.map((report) => reportJson(report, user)) };
    },
  );
};

const reportJson = (
  { said, phone, observedAt, receivedAt, ...report }: NamedReport,
  { roles }: User,
): Type.Static<typeof WitnessReportSchema> => ({
  ...report,
  text: said,
  phone: phone === null || seesAddresses(roles) ? phone : maskAddress('voice', phone),
  observedAt: observedAt.toISOString(),
  receivedAt: receivedAt.toISOString(),
});
