import Type from 'typebox';
import { PolicySchema } from '../../shared/policy.ts';

const strict = { additionalProperties: false };
const { id, name, severities, levels, hours } = PolicySchema.properties;

/**
 * A policy as somebody writes it: names of roles, channels and levels are any text here, so that each unknown one is told
 * with its field and what there is, rather than that nothing matched.
 */
export const PolicyBodySchema = Type.Object(
  {
    id,
    name,
    regionIds: Type.Array(Type.String(), { uniqueItems: true }),
    severities,
    levels,
    hours,
    steps: Type.Array(
      Type.Object(
        {
          afterS: Type.Integer({ minimum: 0, maximum: 86_400 }),
          to: Type.Array(
            Type.Object(
              {
                onDuty: Type.Optional(Type.Literal(true)),
                role: Type.Optional(Type.String()),
                personId: Type.Optional(Type.String()),
                responsible: Type.Optional(Type.Literal(true)),
                regionLevel: Type.Optional(Type.String()),
              },
              strict,
            ),
            { minItems: 1, maxItems: 20 },
          ),
          channels: Type.Array(Type.String(), { minItems: 1, uniqueItems: true }),
          repeat: PolicySchema.properties.steps.items.properties.repeat,
        },
        strict,
      ),
      { minItems: 1, maxItems: 50 },
    ),
  },
  strict,
);
export type PolicyBody = Type.Static<typeof PolicyBodySchema>;
