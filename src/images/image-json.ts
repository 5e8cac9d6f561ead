import Type, { type Static } from 'typebox';
import type { Queryable } from '../shared/db.ts';
import { type ListedImage, listImages, listUnfetched } from './read-store.ts';

const MaybeText = Type.Union([Type.String(), Type.Null()]);
const MaybePx = Type.Union([Type.Integer(), Type.Null()]);

/** What the API says of the pictures of a detection. */
export const DetectionImagesSchema = {
  images: Type.Array(
    Type.Object({
      id: Type.String(),
      url: Type.String(),
      thumbnailUrl: Type.Union([Type.String(), Type.Null()]),
      type: Type.String(),
      widthPx: MaybePx,
      heightPx: MaybePx,
      problem: Type.Union([Type.String(), Type.Null()], {
        description: 'Why it has no thumbnail',
      }),
    }),
    { description: 'Pictures that came with it or were fetched; upright size, null until known' },
  ),
  imageProblem: Type.Union([Type.String(), Type.Null()], {
    description: 'Why the picture behind `imageUrl` is not among `images`, or not yet',
  }),
};
type DetectionImages = {
  images: Static<(typeof DetectionImagesSchema)['images']>;
  imageProblem: Static<typeof MaybeText>;
};

/** The pictures of these detections, by the id of each. */
export const imagesByDetection = async (
  db: Queryable,
  detectionIds: readonly string[],
): Promise<(detectionId: string) => DetectionImages> => {
  const images = await listImages(db, detectionIds);
  const problems = new Map(
    (await listUnfetched(db, detectionIds)).map((unfetched) => [
      unfetched.detectionId,
      problemText(unfetched),
    ]),
  );
  return (id) => ({
    images: images.filter(({ detectionId }) => detectionId === id).map(imageJson),
    imageProblem: problems.get(id) ?? null,
  });
};

const problemText = ({ problem, ended }: { problem: string | null; ended: boolean }): string => {
  if (problem === null) return 'it is being fetched';
  return ended ? `it was not fetched: ${problem}` : `it will be tried again: ${problem}`;
};

const imageJson = ({ id, type, widthPx, heightPx, hasThumbnail, problem }: ListedImage) => ({
  id,
  url: `/api/v1/images/${id}`,
  thumbnailUrl: hasThumbnail ? `/api/v1/images/${id}/thumbnail` : null,
  type,
  widthPx,
  heightPx,
  problem,
});
