import { createDiskFiles, createImageStore, type ImageStore } from '../images/index.ts';
import type { Context } from '../pipeline.ts';
import { imageSettings } from '../shared/county-config.ts';

export type Images = {
  /** Keeps pictures of what was seen. */
  store: ImageStore;
};

/** Pictures: their store, in a pool of its own, so that no alarm waits for one. */
export const createImages = (context: Context): Images => {
  const { env, config, clock } = context;
  return {
    store: createImageStore({
      pool: context.pool('images', 4),
      files: createDiskFiles(env.dataDir),
      maxBytes: imageSettings(config).maxBytes,
      clock,
    }),
  };
};
