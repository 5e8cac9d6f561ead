import Type, { type Static } from 'typebox';
import { readFrame } from '../locate/index.ts';
import { AppError } from '../shared/app-error.ts';
import {
  ADMIN_ONLY,
  ANY_ROLE,
  type App,
  DateTimeSchema,
  type RouteGroup,
  type VisibleRegions,
} from '../shared/http.ts';
import {
  addLandmarks,
  type CalibrateDeps,
  type CalibratedDevice,
  removeLandmark,
} from './calibrate-device.ts';
import { DeviceIdSchema } from './device.ts';
import { findDeviceWithState } from './device-state-store.ts';
import { CalibrationSchema, LandmarkSchema, MAX_LANDMARKS, NewLandmarkSchema } from './landmark.ts';
import { listLandmarks } from './landmark-store.ts';

export type LandmarkRoutesDeps = CalibrateDeps & { visibleRegions: VisibleRegions };

const IdParams = Type.Object({ id: DeviceIdSchema });

const CalibratedSchema = Type.Object({
  items: Type.Array(LandmarkSchema),
  calibration: Type.Union([CalibrationSchema, Type.Null()]),
  calibratedAt: Type.Union([DateTimeSchema, Type.Null()], {
    description: 'Null: never, tried only, or what it rests on was changed since',
  }),
});

const NewLandmarksSchema = Type.Object({
  landmarks: Type.Array(NewLandmarkSchema, {
    maxItems: MAX_LANDMARKS,
    description: 'None: compute again from those that are stored',
  }),
  replace: Type.Optional(
    Type.Boolean({ default: false, description: 'Forget the landmarks it has' }),
  ),
  dryRun: Type.Optional(
    Type.Boolean({ default: false, description: 'Compute and answer, keep nothing' }),
  ),
});

/** `devices/{id}/landmarks`: known points in a camera's picture, and the calibration made of them. */
export const landmarkRoutes =
  (deps: LandmarkRoutesDeps): RouteGroup =>
  (app) => {
    readRoute(app, deps);
    writeRoutes(app, deps);
  };

const readRoute = (app: App, { pool, visibleRegions }: LandmarkRoutesDeps): void => {
  app.get(
    '/devices/:id/landmarks',
    {
      config: { access: ANY_ROLE },
      schema: {
        tags: ['devices'],
        summary: 'Landmarks of a camera, by name, and its last calibration',
        params: IdParams,
        response: { 200: CalibratedSchema },
      },
    },
    async ({ params: { id }, user }) => {
      const device = await findDeviceWithState(pool, id);
      const regions = visibleRegions(user);
      if (device === undefined || (regions !== null && !regions.has(device.regionId))) {
        throw new AppError('not_found', `device "${id}" is not registered`);
      }
      const { calibration, calibratedAt } = device;
      return toJson({ landmarks: await listLandmarks(pool, id), calibration, calibratedAt });
    },
  );
};

const writeRoutes = (app: App, deps: LandmarkRoutesDeps): void => {
  app.post(
    '/devices/:id/landmarks',
    {
      config: { access: ADMIN_ONLY },
      schema: {
        tags: ['devices'],
        summary: 'Add landmarks to a camera and calibrate it on all it has',
        description:
          'A landmark is a point whose place is known (a mast, a summit, a chimney) and the pixel at which a frame shows it, with the pan, tilt and field of view the camera reported then. One gives the azimuth and tilt offset, three or more spread over the frame also σ and the field of view. 422 when they contradict each other, with the one that is likely wrong: then nothing has changed.',
        params: IdParams,
        body: NewLandmarksSchema,
        response: { 200: CalibratedSchema },
      },
    },
    async ({ params: { id }, body: { landmarks, replace = false, dryRun = false } }) =>
      toJson(
        await addLandmarks(deps, id, {
          landmarks: landmarks.map((landmark) => ({
            ...landmark,
            frame: readFrame(landmark.frame),
            heightM: landmark.heightM ?? null,
          })),
          replace,
          dryRun,
        }),
      ),
  );

  app.delete(
    '/devices/:id/landmarks/:landmarkId',
    {
      config: { access: ADMIN_ONLY },
      schema: {
        tags: ['devices'],
        summary: 'Take a landmark away and calibrate on the rest',
        description:
          'Without any landmark left the offsets stay as they are and σ is the default again.',
        params: Type.Object({ id: DeviceIdSchema, landmarkId: Type.String({ format: 'uuid' }) }),
        response: { 200: CalibratedSchema },
      },
    },
    async ({ params: { id, landmarkId } }) => toJson(await removeLandmark(deps, id, landmarkId)),
  );
};

const toJson = ({
  landmarks,
  calibration,
  calibratedAt,
}: CalibratedDevice): Static<typeof CalibratedSchema> => ({
  items: landmarks.map(({ px: [u, v], createdAt, ...landmark }) => ({
    ...landmark,
    px: [u, v],
    createdAt: createdAt.toISOString(),
  })),
  calibration,
  calibratedAt: calibratedAt?.toISOString() ?? null,
});
