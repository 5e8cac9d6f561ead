import Type from 'typebox';
import { LatSchema, LonSchema } from './geo.ts';

const strict = { additionalProperties: false };

/** Hotspots of satellites; what is left out is as in `hotspotSettings`. */
export const HotspotConfigSchema = Type.Object(
  {
    /** A hotspot older than this is not taken: it would alert people to a fire of yesterday. Seconds. */
    maxAgeS: Type.Optional(Type.Integer({ minimum: 600, maximum: 7 * 86_400 })),
    /** A fire none of whose pixels is as certain as this is not taken; 0 takes all. */
    minConfidence: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    /** `[west, south, east, north]`, degrees, WGS-84: what the county is while no region has an outline. */
    bbox: Type.Optional(Type.Tuple([LonSchema, LatSchema, LonSchema, LatSchema])),
  },
  strict,
);
type HotspotConfig = Type.Static<typeof HotspotConfigSchema>;

export type HotspotSettings = Required<Omit<HotspotConfig, 'bbox'>> & Pick<HotspotConfig, 'bbox'>;

/**
 * The county's settings for hotspots with what it has left out. FIRMS publishes within three hours: six allow for an outage
 * of as long. 0.3 leaves out what the products themselves call low.
 */
export const hotspotSettings = ({
  hotspots = {},
}: {
  hotspots?: HotspotConfig;
}): HotspotSettings => ({
  maxAgeS: 21_600,
  minConfidence: 0.3,
  ...hotspots,
});
