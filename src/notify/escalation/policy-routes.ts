import Type from 'typebox';
import { listPeopleByIds, listPeopleByRole, type RegionLookup } from '../../people/index.ts';
import { AppError } from '../../shared/app-error.ts';
import type { Pool } from '../../shared/db.ts';
import { ACCESS_ROLES, ADMIN_ONLY, ANY_ROLE, type RouteGroup } from '../../shared/http.ts';
import { type Policy, PolicySchema } from '../../shared/policy.ts';
import { compileSchema } from '../../shared/schema.ts';
import { type PolicyBody, PolicyBodySchema } from './policy-body.ts';
import { checkPolicy } from './policy-check.ts';
import { deletePolicy, insertPolicy, listPolicies, putPolicy } from './policy-store.ts';

const ListedSchema = Type.Object({
  ...PolicySchema.properties,
  source: Type.Union([Type.Literal('config'), Type.Literal('api')], {
    description: 'config: of config/county.json; one entered by API with its id takes its place',
  }),
});
const IdParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 100 }) });
const parse = compileSchema(PolicySchema);

/** `policies`, `policies/{id}`. What is under way keeps the policy it began with. */
export const policyRoutes =
  (deps: {
    pool: Pool;
    regions: Pick<RegionLookup, 'get'>;
    policies: readonly Policy[];
  }): RouteGroup =>
  (app) => {
    const { pool, regions, policies: configured } = deps;

    app.get(
      '/policies',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['people'],
          summary: 'Escalation policies: those entered here, then those of config/county.json',
          response: { 200: Type.Object({ items: Type.Array(ListedSchema) }) },
        },
      },
      async () => {
        const entered = await listPolicies(pool);
        const rest = configured.filter(({ id }) => !entered.some((policy) => policy.id === id));
        return {
          items: [
            ...entered.map((policy) => ({ ...policy, source: 'api' as const })),
            ...rest.map((policy) => ({ ...policy, source: 'config' as const })),
          ],
        };
      },
    );

    app.post(
      '/policies',
      {
        config: { access: ADMIN_ONLY },
        schema: {
          tags: ['people'],
          summary: 'Enter an escalation policy; it replaces the default for its regions',
          description: '422 names each wrong field. 409 when a policy with this id was entered.',
          body: PolicyBodySchema,
          response: { 201: ListedSchema },
        },
      },
      async ({ body }, reply) => {
        const policy = await checked(body);
        if (!(await insertPolicy(pool, policy))) {
          throw new AppError('conflict', `policy "${policy.id}" is there; PUT changes it`, {
            errors: [{ path: 'id', message: 'is taken' }],
          });
        }
        return reply.code(201).send({ ...policy, source: 'api' as const });
      },
    );

    app.put(
      '/policies/:id',
      {
        config: { access: ADMIN_ONLY },
        schema: {
          tags: ['people'],
          summary: 'Enter or change an escalation policy',
          params: IdParams,
          body: PolicyBodySchema,
          response: { 200: ListedSchema },
        },
      },
      async ({ params, body }) => {
        if (body.id !== params.id) {
          throw new AppError('unprocessable', `id: is "${body.id}", the address says another`, {
            errors: [{ path: 'id', message: `is not "${params.id}"` }],
          });
        }
        const policy = await checked(body);
        await putPolicy(pool, policy);
        return { ...policy, source: 'api' as const };
      },
    );

    app.delete(
      '/policies/:id',
      {
        config: { access: ADMIN_ONLY },
        schema: {
          tags: ['people'],
          summary: 'Remove a policy that was entered; one of config/county.json counts again',
          params: IdParams,
          response: { 204: Type.Null() },
        },
      },
      async ({ params }, reply) => {
        if (!(await deletePolicy(pool, params.id))) throw notEntered(params.id);
        return reply.code(204).send(null);
      },
    );

    const notEntered = (id: string): AppError =>
      configured.some((policy) => policy.id === id)
        ? new AppError('conflict', `policy "${id}" is of config/county.json; change it there`)
        : new AppError('not_found', `policy "${id}" does not exist`);

    const checked = async (body: PolicyBody): Promise<Policy> => {
      const named = body.steps.flatMap(({ to }) => to.flatMap(({ personId }) => personId ?? []));
      const people = [
        ...(await listPeopleByRole(pool, ACCESS_ROLES)),
        ...(await listPeopleByIds(pool, named)),
      ];
      const hasRegion = (id: string): boolean => regions.get(id) !== undefined;
      const errors = checkPolicy(body, { hasRegion, people });
      const policy = parse(body);
      if (errors.length === 0 && !policy.ok) errors.push(...policy.errors);
      if (errors.length > 0 || !policy.ok) {
        const list = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
        throw new AppError('unprocessable', list, { errors });
      }
      return policy.value;
    };
  };
