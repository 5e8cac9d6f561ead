import Type from 'typebox';
import { AppError } from '../shared/app-error.ts';
import type { Clock } from '../shared/clock.ts';
import {
  type App,
  actorOf,
  COMMAND_ROLES,
  type RouteGroup,
  type VisibleRegions,
} from '../shared/http.ts';
import type { IncidentDeps } from './assess-incident.ts';
import { findDetection } from './detection-store.ts';
import { IncidentSchema, incidentJson, LabelSchema } from './incident-json.ts';
import { labelDetection } from './label-detection.ts';
import { mergeIncidents, splitIncident, undoRegrouping } from './regroup.ts';
import { requireVisible } from './require-visible.ts';

export type RegroupRoutesDeps = IncidentDeps & { visibleRegions: VisibleRegions; clock: Clock };

const IdParams = Type.Object({ id: Type.String({ format: 'uuid' }) });
const Reason = Type.Optional(Type.String({ maxLength: 1000 }));

/** What a person corrects: which detections are one fire, and what they really show. */
export const regroupRoutes =
  (deps: RegroupRoutesDeps): RouteGroup =>
  (app) => {
    mergeRoute(app, deps);
    splitRoute(app, deps);
    undoRoute(app, deps);
    labelRoutes(app, deps);
  };

const mergeRoute = (app: App, deps: RegroupRoutesDeps): void => {
  app.post(
    '/incidents/:id/merge',
    {
      config: { access: COMMAND_ROLES },
      schema: {
        tags: ['incidents'],
        summary: 'This incident is the same fire as another: all its detections go there',
        description:
          'Answers the incident that remains. `undo` on either of them takes it back. 409 when one is over.',
        params: IdParams,
        body: Type.Object(
          { intoId: Type.String({ format: 'uuid' }), reason: Reason },
          { additionalProperties: false },
        ),
        response: { 200: IncidentSchema },
      },
    },
    async ({ params: { id: fromId }, body: { intoId, reason }, user }) => {
      const regions = deps.visibleRegions(user);
      await requireVisible(deps.pool, fromId, regions);
      await requireVisible(deps.pool, intoId, regions);
      const by = { actor: actorOf(user), reason, now: deps.clock.now() };
      return incidentJson(await mergeIncidents(deps, { fromId, intoId }, by));
    },
  );
};

const splitRoute = (app: App, deps: RegroupRoutesDeps): void => {
  app.post(
    '/incidents/:id/split',
    {
      config: { access: COMMAND_ROLES },
      schema: {
        tags: ['incidents'],
        summary: 'Some of its detections are another fire: they open an incident of their own',
        description: 'Answers the new incident. `undo` on either of them takes it back.',
        params: IdParams,
        body: Type.Object(
          {
            detectionIds: Type.Array(Type.String({ format: 'uuid' }), {
              minItems: 1,
              maxItems: 10_000,
            }),
            reason: Reason,
          },
          { additionalProperties: false },
        ),
        response: { 201: IncidentSchema },
      },
    },
    async ({ params: { id: incidentId }, body: { detectionIds, reason }, user }, reply) => {
      await requireVisible(deps.pool, incidentId, deps.visibleRegions(user));
      const by = { actor: actorOf(user), reason, now: deps.clock.now() };
      const created = await splitIncident(deps, { incidentId, detectionIds }, by);
      return reply.code(201).send(incidentJson(created));
    },
  );
};

const undoRoute = (app: App, deps: RegroupRoutesDeps): void => {
  app.post(
    '/incidents/:id/undo',
    {
      config: { access: COMMAND_ROLES },
      schema: {
        tags: ['incidents'],
        summary: 'Take back the last merge or split of this incident',
        params: IdParams,
        body: Type.Union([
          Type.Object({ reason: Reason }, { additionalProperties: false }),
          Type.Null(),
        ]),
        response: { 200: IncidentSchema },
      },
    },
    async ({ params: { id }, body, user }) => {
      await requireVisible(deps.pool, id, deps.visibleRegions(user));
      const by = { actor: actorOf(user), reason: body?.reason, now: deps.clock.now() };
      return incidentJson(await undoRegrouping(deps, id, by));
    },
  );
};

const labelRoutes = (app: App, deps: RegroupRoutesDeps): void => {
  const requireDetection = async (id: string, regions: ReadonlySet<string> | null) => {
    const detection = await findDetection(deps.pool, id);
    if (detection === undefined) {
      throw new AppError('not_found', `detection "${id}" does not exist`);
    }
    await requireVisible(deps.pool, detection.incidentId, regions);
  };
  app.put(
    '/detections/:id/label',
    {
      config: { access: COMMAND_ROLES },
      schema: {
        tags: ['detections'],
        summary: 'Say what a detection really shows; its incident is assessed anew',
        params: IdParams,
        body: Type.Object({ label: LabelSchema }, { additionalProperties: false }),
        response: { 200: IncidentSchema },
      },
    },
    async ({ params: { id: detectionId }, body: { label }, user }) => {
      await requireDetection(detectionId, deps.visibleRegions(user));
      const labelling = { detectionId, label, actor: actorOf(user), now: deps.clock.now() };
      return incidentJson(await labelDetection(deps, labelling));
    },
  );
  app.delete(
    '/detections/:id/label',
    {
      config: { access: COMMAND_ROLES },
      schema: {
        tags: ['detections'],
        summary: 'Take a wrong label back',
        params: IdParams,
        response: { 200: IncidentSchema },
      },
    },
    async ({ params: { id: detectionId }, user }) => {
      await requireDetection(detectionId, deps.visibleRegions(user));
      const labelling = { detectionId, label: null, actor: actorOf(user), now: deps.clock.now() };
      return incidentJson(await labelDetection(deps, labelling));
    },
  );
};
