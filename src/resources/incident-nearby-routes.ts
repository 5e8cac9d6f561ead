import Type from 'typebox';
import { AppError } from '../shared/app-error.ts';
import type { Fix } from '../shared/geo.ts';
import { ANY_ROLE, type RouteGroup, type VisibleRegions } from '../shared/http.ts';
import { NearbyQuery, NearbySchema, nearbyItems } from './nearby-items.ts';
import type { ResourceIndex } from './resource-index.ts';

export type IncidentNearbyDeps = {
  index: ResourceIndex;
  findIncident: (id: string) => Promise<{ fix: Fix; regionId: string } | undefined>;
  visibleRegions: VisibleRegions;
};

/** `incidents/{id}/nearby`: what is around the incident's present fix. */
export const incidentNearbyRoutes =
  ({ index, findIncident, visibleRegions }: IncidentNearbyDeps): RouteGroup =>
  (app) => {
    app.get(
      '/incidents/:id/nearby',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['incidents'],
          summary: 'The nearest resources of each kind around the incident, by distance',
          params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
          querystring: Type.Object(NearbyQuery, { additionalProperties: false }),
          response: { 200: NearbySchema },
        },
      },
      async ({ params, query, user }) => {
        const incident = await findIncident(params.id);
        const regions = visibleRegions(user);
        if (incident === undefined || (regions !== null && !regions.has(incident.regionId))) {
          throw new AppError('not_found', `incident "${params.id}" does not exist`);
        }
        return nearbyItems(index, [incident.fix.lon, incident.fix.lat], query);
      },
    );
  };
