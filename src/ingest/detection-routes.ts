import Type from 'typebox';
import { type Device, DeviceIdSchema } from '../devices/index.ts';
import { AppError } from '../shared/app-error.ts';
import { type AccessRole, type RouteGroup, type VisibleRegions } from '../shared/http.ts';
import { DetectionPayloadSchema } from './dialects/native-schema.ts';
import type { Ingest } from './ingest.ts';

export type DetectionRoutesDeps = {
  ingest: Pick<Ingest, 'handle'>;
  findDevice: (id: string) => Promise<Device | undefined>;
  visibleRegions: VisibleRegions;
};

/** Whoever works with the equipment or the desk; a viewer only looks. */
const REPORTERS: readonly AccessRole[] = ['operator', 'duty_officer', 'dispatcher'];

/** `POST detections`: the same message as on MQTT, by the same way, for sources that have no MQTT. */
export const detectionRoutes =
  ({ ingest, findDevice, visibleRegions }: DetectionRoutesDeps): RouteGroup =>
  (app) => {
    app.post(
      '/detections',
      {
        config: { access: REPORTERS },
        schema: {
          tags: ['detections'],
          summary: 'Report what a registered device saw; 200 when it was known already',
          description:
            'The body is that of the MQTT message plus `deviceId`. Answered when everything is committed. The same `id` of the same device again changes nothing.',
          body: Type.Object({ ...DetectionPayloadSchema.properties, deviceId: DeviceIdSchema }),
          response: {
            200: Type.Object({
              detectionId: Type.String(),
              incidentId: Type.String(),
              duplicate: Type.Literal(true),
            }),
            201: Type.Object({
              detectionId: Type.String(),
              incidentId: Type.String(),
              number: Type.String(),
              opened: Type.Boolean({ description: 'False: it joined an incident' }),
            }),
          },
        },
      },
      async ({ body, user }, reply) => {
        const device = await findDevice(body.deviceId);
        const regions = visibleRegions(user);
        if (device === undefined || (regions !== null && !regions.has(device.regionId))) {
          throw refused(`device "${body.deviceId}" is not registered`, 'deviceId');
        }
        const outcome = await ingest.handle({
          topic: `fengsui/v1/${device.kind}/${device.id}/detection`,
          payload: Buffer.from(JSON.stringify(body)),
          publisherId: `user:${user.username}`,
        });
        switch (outcome.kind) {
          case 'recorded': {
            const { detectionId, incidentId, number, opened } = outcome;
            return reply.code(201).send({ detectionId, incidentId, number, opened });
          }
          case 'duplicate': {
            const { detectionId, incidentId } = outcome;
            return { detectionId, incidentId, duplicate: true as const };
          }
          case 'rejected':
            throw refused(outcome.reason);
          case 'taken':
            throw refused('this is not a detection');
        }
      },
    );
  };

const refused = (message: string, path = 'body'): AppError =>
  new AppError('unprocessable', 'The detection cannot be taken', { errors: [{ path, message }] });
