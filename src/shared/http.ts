import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import Type, { type TSchema } from 'typebox';

/** What a person may do. `admin` is admitted everywhere a role is asked for. */
export const ACCESS_ROLES = ['viewer', 'operator', 'duty_officer', 'dispatcher', 'admin'] as const;
export type AccessRole = (typeof ACCESS_ROLES)[number];
export const AccessRoleSchema = Type.Union([
  Type.Literal('viewer'),
  Type.Literal('operator'),
  Type.Literal('duty_officer'),
  Type.Literal('dispatcher'),
  Type.Literal('admin'),
]);

/** Who asks: filled in by the authentication hook before any handler of a route that is not public. */
export type User = {
  username: string;
  personId: string | null;
  roles: readonly AccessRole[];
  /** Empty = every region; else these regions and all below them. */
  regionIds: readonly string[];
};

/** How an act of this user is recorded: the person when the account is somebody's, else the account. */
export const actorOf = (user: User): string =>
  user.personId === null ? `user:${user.username}` : `person:${user.personId}`;

/** The regions whose incidents and devices a user may see; null = every region. */
export type VisibleRegions = (user: User) => ReadonlySet<string> | null;

/** Every route states the roles it admits (admin is implied), or that it is public; the api refuses to start otherwise. */
export type RouteAccess = readonly AccessRole[] | 'public';

/** Everybody who may log in. */
export const ANY_ROLE: readonly AccessRole[] = [...ACCESS_ROLES];
/** Those who run an incident. */
export const COMMAND_ROLES: readonly AccessRole[] = ['duty_officer', 'dispatcher', 'admin'];
/** Whoever flies, and whoever runs an incident. */
export const PILOT_ROLES: readonly AccessRole[] = ['operator', 'dispatcher', 'duty_officer'];
export const ADMIN_ONLY: readonly AccessRole[] = ['admin'];

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess;
  }
  interface FastifyRequest {
    user: User;
  }
}

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** A group of routes below /api/v1; the pipeline hands it its stores, the api mounts it. */
export type RouteGroup = (app: App) => void;

/** RFC 9457. `errors` names each wrong field or feature. */
export const ProblemSchema = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.Optional(Type.String()),
  instance: Type.Optional(Type.String()),
  errors: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
});

/** Lists: `items` and, when there is more, the cursor for `?cursor=`. */
export const pageOf = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), next: Type.Optional(Type.String()) });

export const PageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
  cursor: Type.Optional(Type.String({ maxLength: 200 })),
};

/** RFC 3339 date-time. */
export const DateTimeSchema = Type.String({ format: 'date-time' });
