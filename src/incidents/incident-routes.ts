import Type from 'typebox';
import { imagesByDetection } from '../images/index.ts';
import type { Clock } from '../shared/clock.ts';
import {
  ANY_ROLE,
  type App,
  actorOf,
  COMMAND_ROLES,
  PageQuery,
  pageOf,
  type RouteGroup,
  type VisibleRegions,
} from '../shared/http.ts';
import { type ActDeps, actOnIncident } from './act-on-incident.ts';
import { listDetections } from './detection-store.ts';
import { listEvents } from './incident-event-store.ts';
import {
  detectionJson,
  eventJson,
  hypothesesJson,
  IncidentDetailSchema,
  IncidentEventSchema,
  IncidentSchema,
  incidentJson,
} from './incident-json.ts';
import { decodeCursor, encodeCursor, parseBbox, parseStatuses } from './incident-query.ts';
import { listIncidents } from './incident-store.ts';
import { INCIDENT_ACTIONS, type IncidentAction } from './lifecycle.ts';
import { requireVisible } from './require-visible.ts';

export type IncidentRoutesDeps = ActDeps & { visibleRegions: VisibleRegions; clock: Clock };

/** One camera may send a frame a second for hours; the newest say what there is to see. */
const MAX_DETECTIONS = 500;

const IdParams = Type.Object({ id: Type.String({ format: 'uuid' }) });

const SUMMARY: Record<IncidentAction, string> = {
  acknowledge: 'I have seen it: stops further sending',
  verify: 'It is a fire',
  dismiss: 'It is a false alarm; the reason is required',
  dispatch: 'Forces are on their way',
  contain: 'It no longer spreads',
  close: 'It is over',
};

/** `incidents`, `incidents/{id}`, its events, and the acts on it. */
export const incidentRoutes =
  (deps: IncidentRoutesDeps): RouteGroup =>
  (app) => {
    readRoutes(app, deps);
    for (const action of INCIDENT_ACTIONS) actRoute(app, deps, action);
  };

const readRoutes = (app: App, { pool, visibleRegions }: IncidentRoutesDeps): void => {
  app.get(
    '/incidents',
    {
      config: { access: ANY_ROLE },
      schema: {
        tags: ['incidents'],
        summary: 'Incidents of the regions you see, newest first',
        querystring: Type.Object(
          {
            ...PageQuery,
            status: Type.Optional(
              Type.String({ description: 'Comma-separated: reported,acknowledged' }),
            ),
            bbox: Type.Optional(Type.String({ description: 'west,south,east,north in degrees' })),
            since: Type.Optional(
              Type.String({ format: 'date-time', description: 'Changed at or after' }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 200: pageOf(IncidentSchema) },
      },
    },
    async ({ query, user }) => {
      const { limit = 50, status, bbox, since, cursor } = query;
      const regions = visibleRegions(user);
      const found = await listIncidents(pool, {
        statuses: status === undefined ? undefined : parseStatuses(status),
        bbox: bbox === undefined ? undefined : parseBbox(bbox),
        since: since === undefined ? undefined : new Date(since),
        regionIds: regions === null ? undefined : [...regions],
        after: cursor === undefined ? undefined : decodeCursor(cursor),
        limit: limit + 1,
      });
      const page = found.slice(0, limit);
      const last = page.at(-1);
      const items = page.map(incidentJson);
      return found.length > limit && last !== undefined
        ? { items, next: encodeCursor(last) }
        : { items };
    },
  );

  app.get(
    '/incidents/:id',
    {
      config: { access: ANY_ROLE },
      schema: {
        tags: ['incidents'],
        summary: `An incident with its newest detections (at most ${String(MAX_DETECTIONS)})`,
        params: IdParams,
        response: { 200: IncidentDetailSchema },
      },
    },
    async ({ params, user }) => {
      const incident = await requireVisible(pool, params.id, visibleRegions(user));
      const detections = await listDetections(pool, incident.id, MAX_DETECTIONS);
      const imagesOf = await imagesByDetection(
        pool,
        detections.map(({ id }) => id),
      );
      return {
        ...incidentJson(incident),
        detections: detections.map((seen) => ({ ...detectionJson(seen), ...imagesOf(seen.id) })),
        ...hypothesesJson(incident),
      };
    },
  );

  app.get(
    '/incidents/:id/events',
    {
      config: { access: ANY_ROLE },
      schema: {
        tags: ['incidents'],
        summary: 'The timeline: every change with actor and time, oldest first',
        params: IdParams,
        querystring: Type.Object(
          { ...PageQuery, cursor: Type.Optional(Type.String({ pattern: '^\\d{1,15}$' })) },
          { additionalProperties: false },
        ),
        response: { 200: pageOf(IncidentEventSchema) },
      },
    },
    async ({ params, query, user }) => {
      const { limit = 50, cursor } = query;
      const { id: incidentId } = await requireVisible(pool, params.id, visibleRegions(user));
      const found = await listEvents(pool, { incidentId, afterId: cursor, limit: limit + 1 });
      const page = found.slice(0, limit);
      const last = page.at(-1);
      const items = page.map(eventJson);
      return found.length > limit && last !== undefined ? { items, next: last.id } : { items };
    },
  );
};

const actRoute = (app: App, deps: IncidentRoutesDeps, action: IncidentAction): void => {
  app.post(
    `/incidents/:id/${action}`,
    {
      config: { access: COMMAND_ROLES },
      schema: {
        tags: ['incidents'],
        summary: SUMMARY[action],
        description: 'Repeating an act changes nothing. 409 when the status does not allow it.',
        params: IdParams,
        // No body at all is fine: one tap on a phone.
        body: Type.Union([
          Type.Object(
            { reason: Type.Optional(Type.String({ maxLength: 1000 })) },
            { additionalProperties: false },
          ),
          Type.Null(),
        ]),
        response: { 200: IncidentSchema },
      },
    },
    async ({ params, body, user }) => {
      await requireVisible(deps.pool, params.id, deps.visibleRegions(user));
      const incident = await actOnIncident(deps, {
        incidentId: params.id,
        action,
        actor: actorOf(user),
        reason: body?.reason,
        now: deps.clock.now(),
      });
      return incidentJson(incident);
    },
  );
};
