import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { DeviceIdSchema, type DeviceRegistry } from '../devices/index.ts';
import { AppError } from '../shared/app-error.ts';
import type { Clock } from '../shared/clock.ts';
import type { App, RouteGroup } from '../shared/http.ts';
import { HTTP_DIALECTS, type HttpDialect, httpTopic } from './camera-topics.ts';
import { credentialsIn, type DeviceLogin } from './equipment-login.ts';
import { readHttpReport } from './http-report.ts';
import type { Ingest, Outcome } from './ingest.ts';

export type EquipmentRoutesDeps = {
  ingest: Pick<Ingest, 'handle' | 'seen'>;
  registry: Pick<DeviceRegistry, 'authenticate'>;
  clock: Clock;
};

/** Ten pictures of four megapixels come with an alarm of five regions. */
const BODY_LIMIT_BYTES = 16 * 1024 * 1024;

const Dialect = Type.Union(HTTP_DIALECTS.map((name) => Type.Literal(name)));
const Params = Type.Object({ dialect: Dialect, deviceId: DeviceIdSchema });
const TokenParams = Type.Object({
  ...Params.properties,
  token: Type.String({ minLength: 1, maxLength: 200 }),
});

const ReportedSchema = Type.Object({
  outcome: Type.Union([
    Type.Literal('recorded'),
    Type.Literal('duplicate'),
    Type.Literal('taken', { description: 'Nothing of fire in it, or a position' }),
  ]),
  /** As a string: Pyronear's engine looks for it. */
  id: Type.Optional(Type.String({ description: 'Of the detection' })),
  incidentId: Type.Optional(Type.String()),
});

/**
 * `POST /equipment/{dialect}/{deviceId}`: alarms of equipment that speaks HTTP, by the same way as those on MQTT.
 * Answered when everything is committed; what could not be used is a dead letter and answered 422.
 */
export const equipmentRoutes =
  (deps: EquipmentRoutesDeps): RouteGroup =>
  (app) => {
    void app.register(async (scope: App) => {
      // Equipment names any content type; what the body is, its dialect decides.
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser(
        '*',
        { parseAs: 'buffer', bodyLimit: BODY_LIMIT_BYTES },
        (_request, body, done) => done(null, body),
      );
      reportRoutes(scope, deps);
      pyronearRoutes(scope, deps);
    });
  };

const described = {
  tags: ['detections'],
  description:
    'Log in with Basic authentication (device id and secret). The body is what the equipment sends; pictures in it are kept with its detections.',
  response: { 200: ReportedSchema },
};

const reportRoutes = (app: App, deps: EquipmentRoutesDeps): void => {
  app.post(
    '/equipment/:dialect/:deviceId',
    {
      config: { access: 'public' },
      bodyLimit: BODY_LIMIT_BYTES,
      schema: { ...described, summary: 'An alarm in the dialect of a maker', params: Params },
      onRequest: async (request, reply) => {
        const { deviceId } = request.params as { deviceId: string };
        try {
          await requireLogin(deps, credentialsIn(request.headers.authorization), deviceId);
        } catch (error) {
          void reply.header('www-authenticate', 'Basic realm="fengsui", charset="UTF-8"');
          throw error;
        }
      },
    },
    async (request) => reported(await report(deps, request, request.params)),
  );

  app.post(
    '/equipment/:dialect/:deviceId/:token',
    {
      config: { access: 'public' },
      bodyLimit: BODY_LIMIT_BYTES,
      schema: {
        ...described,
        summary: 'The same for equipment that cannot log in: the secret stands in the path',
        params: TokenParams,
      },
      onRequest: async (request) => {
        const { deviceId, token } = request.params as { deviceId: string; token: string };
        await requireLogin(deps, { deviceId, secret: token }, deviceId);
      },
    },
    async (request) => reported(await report(deps, request, request.params)),
  );
};

/**
 * What Pyronear's client asks of its server, below `/equipment/pyronear/`: one address for all cameras of an engine,
 * each with a token `{deviceId}.{secret}`.
 */
const pyronearRoutes = (app: App, deps: EquipmentRoutesDeps): void => {
  const base = '/equipment/pyronear';
  const config = { access: 'public' as const };
  app.get(`${base}/status`, { config, schema: { hide: true } }, async () => ({ status: 'ok' }));
  app.get(`${base}/api/v1/login/validate`, { config, schema: { hide: true } }, async (request) => {
    await requireLogin(deps, credentialsIn(request.headers.authorization));
    return { status: 'ok' };
  });
  app.patch(
    `${base}/api/v1/cameras/heartbeat`,
    { config, schema: { hide: true } },
    async (request) => {
      const id = await requireLogin(deps, credentialsIn(request.headers.authorization));
      await deps.ingest.seen(id);
      return { id };
    },
  );
  for (const path of ['detections', 'detections/']) {
    app.post(
      `${base}/api/v1/${path}`,
      {
        config,
        bodyLimit: BODY_LIMIT_BYTES,
        schema: { hide: true },
        onRequest: async (request) => {
          await requireLogin(deps, credentialsIn(request.headers.authorization));
        },
      },
      async (request, reply) => {
        const login = credentialsIn(request.headers.authorization);
        const deviceId = await requireLogin(deps, login);
        const outcome = await report(deps, request, { dialect: 'pyronear', deviceId });
        return reply.code(201).send(reported(outcome));
      },
    );
  }
};

/** The id of the device that logs in. Throws `unauthorized`. */
const requireLogin = async (
  { registry }: EquipmentRoutesDeps,
  login: DeviceLogin | undefined,
  deviceId: string | undefined = login?.deviceId,
): Promise<string> => {
  if (login === undefined || deviceId === undefined || login.deviceId !== deviceId) {
    throw new AppError(
      'unauthorized',
      'Log in with the id of the device and its secret (Basic), or append the secret to the path',
    );
  }
  const principal = await registry.authenticate(deviceId, Buffer.from(login.secret));
  if (principal?.owner !== 'device') {
    throw new AppError('unauthorized', 'There is no such device, or this is not its secret');
  }
  return principal.id;
};

const report = async (
  { ingest, clock }: EquipmentRoutesDeps,
  { headers, body }: FastifyRequest,
  { dialect, deviceId }: { dialect: HttpDialect; deviceId: string },
): Promise<Outcome> => {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  const contentType = headers['content-type'] ?? '';
  await ingest.seen(deviceId);
  const sent = { contentType, body: bytes, receivedAt: clock.now() };
  const { messages, pictures } = readHttpReport(dialect, sent);
  const outcomes: Outcome[] = [];
  for (const payload of messages) {
    const topic = httpTopic(dialect, deviceId);
    outcomes.push(await ingest.handle({ topic, payload, publisherId: deviceId, pictures }));
  }
  return (
    outcomes.find(({ kind }) => kind === 'rejected') ??
    outcomes.find(({ kind }) => kind === 'recorded') ??
    outcomes[0] ?? { kind: 'taken' }
  );
};

const reported = (outcome: Outcome): Type.Static<typeof ReportedSchema> => {
  if (outcome.kind === 'rejected') {
    const message = `${outcome.reason} (dead letter ${outcome.deadLetterId})`;
    throw new AppError('unprocessable', `The report cannot be taken: ${message}`);
  }
  if (outcome.kind === 'taken') return { outcome: 'taken' };
  const { kind, detectionId, incidentId } = outcome;
  return { outcome: kind, id: detectionId, incidentId };
};
