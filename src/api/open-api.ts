import { readFile } from 'node:fs/promises';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifySchema, RouteOptions } from 'fastify';
import { type App, ProblemSchema, type RouteAccess } from '../shared/http.ts';
import { packageFile } from '../shared/package-root.ts';
import { PROBLEM_MEDIA_TYPE } from './problem.ts';

const TAGS = [
  { name: 'auth', description: 'Log in 登录' },
  { name: 'devices', description: 'Cameras, drones, docks 设备' },
  { name: 'airspace', description: 'Aircraft that are not ours 空域' },
  { name: 'drones', description: 'Flights asked of drones, and what became of them 无人机' },
  { name: 'detections', description: 'Smoke, flame and heat as one source saw it 告警' },
  { name: 'incidents', description: 'Fires: their state, timeline and live changes 火情' },
  { name: 'images', description: 'Pictures of what was seen 图片' },
  {
    name: 'suppression',
    description: 'What lowers an alarm: permitted burns, heat sources, view masks 抑制',
  },
  { name: 'resources', description: 'What is around: crews, water, shelters … 资源' },
  { name: 'images', description: 'Pictures of what was seen 图片' },
  { name: 'terrain', description: 'What a camera sees, and from where a point is seen 地形' },
  { name: 'regions', description: 'Who is responsible where 网格' },
  { name: 'people', description: 'People, contact methods, shifts, rosters 人员' },
  { name: 'notifications', description: 'Messages to people and what became of them 通知' },
  { name: 'hooks', description: 'Where providers of SMS and calls report to 回调' },
  { name: 'dead-letters', description: 'Messages that could not be used, and why' },
  { name: 'operations', description: 'Probes and metrics' },
];

/** What each status means here, for every route that can answer it. */
const PROBLEMS: Record<number, string> = {
  400: 'The request is not valid; `errors` names each wrong field',
  401: 'No token, or one that is not good (any more)',
  403: 'The roles of this user do not admit it',
  404: 'There is no such thing, or it lies in a region of others',
  413: 'The body is too large',
  415: 'The body is not JSON',
  429: 'Too many requests; see Retry-After',
  500: 'Something went wrong in the service',
  503: 'Something the service needs is away; try again',
};

/** Registers the OpenAPI 3.1 document. Call before any route is declared. */
export const describeApi = async (app: App): Promise<void> => {
  const version = await packageVersion();
  app.addSchema({ ...ProblemSchema, $id: 'Problem' });
  app.addHook('onRoute', (route) => {
    if (route.schema !== undefined && route.schema.hide !== true) route.schema = completed(route);
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Fengsui 烽燧',
        version,
        description:
          'Forest-fire monitoring and dispatch. Errors are RFC 9457 problem+json; times RFC 3339; positions WGS-84 `[lon, lat]`; angles in degrees from true north. MQTT is described in /docs/asyncapi.yaml.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'This service' }],
      tags: TAGS,
      components: {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      },
    },
    refResolver: {
      buildLocalReference: (schema) => (typeof schema.$id === 'string' ? schema.$id : 'Schema'),
    },
  });
};

const packageVersion = async (): Promise<string> => {
  const text = await readFile(packageFile('package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
};

/** The document at /docs/json and /docs/yaml, and a page to try it at /docs. */
export const serveApiDocs = async (app: App): Promise<void> => {
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { persistAuthorization: false, docExpansion: 'none', filter: true },
    // Swagger UI sets style attributes; its scripts are all files of ours.
    staticCSP: {
      'default-src': "'self'",
      'img-src': "'self' data:",
      'style-src': "'self' 'unsafe-inline'",
      'frame-ancestors': "'none'",
      'object-src': "'none'",
      'base-uri': "'self'",
    },
  });
};

const completed = (route: RouteOptions): FastifySchema => {
  const { schema = {}, config } = route;
  const access: RouteAccess | undefined = config?.access;
  const secured = access !== undefined && access !== 'public';
  const problems = problemStatuses(schema, secured).map((status) => [
    status,
    {
      description: PROBLEMS[status],
      content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: 'Problem#' } } },
    },
  ]);
  return {
    ...schema,
    security: secured ? [{ bearer: [] }] : [],
    ...(secured ? { 'x-roles': rolesOf(access) } : {}),
    description: [schema.description, secured ? `Roles: ${rolesOf(access).join(', ')}` : undefined]
      .filter((text) => text !== undefined)
      .join('\n\n'),
    response: { ...Object.fromEntries(problems), ...(schema.response as object | undefined) },
  };
};

const problemStatuses = (schema: FastifySchema, secured: boolean): number[] => [
  ...(schema.body || schema.querystring || schema.params || schema.headers ? [400] : []),
  ...(secured ? [401, 403] : []),
  ...(schema.params ? [404] : []),
  ...(schema.body ? [413, 415] : []),
  429,
  500,
  503,
];

const rolesOf = (access: Exclude<RouteAccess, 'public'>): string[] => [
  ...new Set([...access, 'admin']),
];
