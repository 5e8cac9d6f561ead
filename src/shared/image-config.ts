import Type from 'typebox';

const strict = { additionalProperties: false };

/** Pictures of what was seen; what is left out is as in `imageSettings`. */
export const ImageConfigSchema = Type.Object(
  {
    /** A larger one is refused, bytes. A camera's has 0.2 to 4 MB, a drone's up to 25. */
    maxBytes: Type.Optional(Type.Integer({ minimum: 10_000, maximum: 100_000_000 })),
    /** Those that came longer ago are deleted. */
    keepDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 36_500 })),
  },
  strict,
);
type ImageConfig = Type.Static<typeof ImageConfigSchema>;

export type ImageSettings = Required<ImageConfig>;

/** The county's settings for pictures with what it has left out: 10 MiB, a year. */
export const imageSettings = ({ images = {} }: { images?: ImageConfig }): ImageSettings => ({
  maxBytes: 10 * 1024 * 1024,
  keepDays: 365,
  ...images,
});
