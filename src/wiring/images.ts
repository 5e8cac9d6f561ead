import {
  createDiskFiles,
  createImageFetchers,
  createImageKeeper,
  createImageStore,
  createS3Files,
  createThumbnailer,
  createThumbnailWorker,
  createUploadWorker,
  type ImageStore,
  imageRoutes,
  type SentImage,
  takeImage,
} from '../images/index.ts';
import { type Rejected, rejected } from '../ingest/index.ts';
import type { Context } from '../pipeline.ts';
import type { RouteGroup, VisibleRegions } from '../shared/http.ts';
import { imageSettings } from '../shared/image-config.ts';
import type { Part } from '../shared/part.ts';

export type Images = {
  /** Keeps pictures of what was seen. */
  store: ImageStore;
  /** Takes a picture that equipment sent; rejected when it is none, or too large. */
  take(sent: SentImage): Promise<undefined | Rejected>;
  /** What is done with them later, in the role that takes them. */
  parts: Part[];
  routes(visibleRegions: VisibleRegions): RouteGroup;
};

/** Pictures: kept, made small, served; on a pool of their own, so that no alarm waits for one. */
export const createImages = (context: Context): Images => {
  const { env, config, clock } = context;
  const logger = context.logger.child({ stage: 'images' });
  const { maxBytes, keepDays } = imageSettings(config);
  const pool = context.pool('images', { max: 6 });
  const { s3 } = env;
  const files = s3 === undefined ? createDiskFiles(env.dataDir) : createS3Files(s3);
  // Nobody who sends a picture waits for S3: it is kept in the database until it is there.
  const at = s3 === undefined ? files : undefined;
  const store = createImageStore({ pool, files: at, maxBytes, clock });
  const makeThumbnail = createThumbnailer();
  return {
    store,
    async take(sent) {
      const kept = await takeImage({ pool, store }, sent);
      return kept.kind === 'refused' ? rejected('invalid_image', kept.reason) : undefined;
    },
    parts: [
      createThumbnailWorker({ pool, files, makeThumbnail, clock, logger }),
      ...(s3 === undefined ? [] : [createUploadWorker({ pool, files, clock, logger })]),
      ...createImageFetchers({ pool, store, listed: env.imageHosts, maxBytes, clock, logger }),
      createImageKeeper({ pool, files, clock, keepDays, logger }),
    ],
    routes: (visibleRegions) => imageRoutes({ pool, files, visibleRegions }),
  };
};
