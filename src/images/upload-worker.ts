import type { ImageFiles } from './image-files.ts';
import { createImageWorker, type ImageWorkerDeps } from './image-worker.ts';
import { claimUploadWork, endUpload } from './work-store.ts';

/** Brings pictures from the database, where they wait, to where they lie. None leaves it before it is there. */
export const createUploadWorker = (deps: ImageWorkerDeps & { files: ImageFiles }) =>
  createImageWorker('image-uploads', deps, {
    claim: claimUploadWork,
    work: async ({ imageId, sha256, bytes }) => {
      await deps.files.write(sha256, bytes);
      await endUpload(deps.pool, imageId);
    },
  });
