import Type from 'typebox';
import {
  AccessRoleSchema,
  ANY_ROLE,
  DateTimeSchema,
  ProblemSchema,
  type RouteGroup,
} from '../../shared/http.ts';
import { createLimiter, type RateLimits } from '../rate-limit.ts';
import type { Login } from './login.ts';

/** Longer ones cost hashing time and help nobody. */
const Password = Type.String({ minLength: 1, maxLength: 200 });
const NewPassword = Type.String({ minLength: 8, maxLength: 200 });
const TokenSchema = Type.Object({ token: Type.String(), expiresAt: DateTimeSchema });

export type AuthRoutesDeps = { login: Login; limits: RateLimits };

export const authRoutes =
  ({ login, limits }: AuthRoutesDeps): RouteGroup =>
  (app) => {
    const perAddress = createLimiter(app, limits.loginPerAddress);
    const perAccount = createLimiter(app, limits.loginPerAccount, (request) => {
      const { username } = request.body as { username: string };
      return username;
    });

    app.post(
      '/auth/login',
      {
        config: { access: 'public' },
        onRequest: perAddress,
        preHandler: perAccount,
        schema: {
          tags: ['auth'],
          summary: 'Log in with a user name and password',
          description:
            'The token is good for 12 hours; send it as `Authorization: Bearer <token>`.',
          body: Type.Object(
            { username: Type.String({ minLength: 1, maxLength: 200 }), password: Password },
            { additionalProperties: false },
          ),
          response: {
            200: TokenSchema,
            401: {
              description: 'Unknown user, wrong password or disabled account',
              content: { 'application/problem+json': { schema: ProblemSchema } },
            },
          },
        },
      },
      async ({ body }, reply) => {
        void reply.header('cache-control', 'no-store');
        return login.login(body.username, body.password);
      },
    );

    app.get(
      '/auth/me',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['auth'],
          summary: 'Who the token speaks for, with the roles and regions it has now',
          response: {
            200: Type.Object({
              username: Type.String(),
              personId: Type.Union([Type.String(), Type.Null()]),
              roles: Type.Array(AccessRoleSchema),
              regionIds: Type.Array(Type.String(), { description: 'Empty: every region' }),
            }),
          },
        },
      },
      async ({ user }) => ({
        username: user.username,
        personId: user.personId,
        roles: [...user.roles],
        regionIds: [...user.regionIds],
      }),
    );

    app.post(
      '/auth/password',
      {
        config: { access: ANY_ROLE },
        preHandler: createLimiter(app, limits.loginPerAccount, ({ user }) => user.username),
        schema: {
          tags: ['auth'],
          summary: 'Change the own password; every other token of the account ends',
          body: Type.Object(
            { current: Password, next: NewPassword },
            { additionalProperties: false },
          ),
          response: { 200: TokenSchema },
        },
      },
      async ({ user, body }, reply) => {
        void reply.header('cache-control', 'no-store');
        return login.changePassword(user.username, body.current, body.next);
      },
    );
  };
