import Type from 'typebox';

const strict = { additionalProperties: false };

/** The airspace of a fire, into which no foreign aircraft should come; what is left out is as in `airspaceSettings`. */
export const AirspaceConfigSchema = Type.Object(
  {
    /** Around the fix's ellipse, metres. */
    radiusM: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 50_000 })),
    /** Above the ground or take-off, metres: what flies higher is not in it. Null = no such limit. */
    ceilingM: Type.Optional(
      Type.Union([Type.Number({ exclusiveMinimum: 0, maximum: 20_000 }), Type.Null()]),
    ),
    /** Outside or unheard for so long, it has left, seconds: shorter makes many messages of one at the edge. */
    leaveAfterS: Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400 })),
  },
  strict,
);
type AirspaceConfig = Type.Static<typeof AirspaceConfigSchema>;

export type AirspaceSettings = Required<AirspaceConfig>;

/** The county's airspace with what it has left out: a drone at 15 m/s takes two minutes for 2 km, enough to land ours. */
export const airspaceSettings = ({
  airspace = {},
}: {
  airspace?: AirspaceConfig;
}): AirspaceSettings => ({
  radiusM: 2000,
  ceilingM: null,
  leaveAfterS: 300,
  ...airspace,
});
