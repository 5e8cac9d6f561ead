export { createDiskFiles } from './disk-files.ts';
export { type SentImage, takeImage } from './image-intake.ts';
export { DetectionImagesSchema, imagesByDetection } from './image-json.ts';
export { createImageKeeper } from './image-keeper.ts';
export { imageRoutes } from './image-routes.ts';
export { createImageStore, type ImageStore, linkImage } from './image-store.ts';
export { imageTypeOf } from './image-type.ts';
export { createImageWorker } from './image-worker.ts';
export { createThumbnailer } from './thumbnail.ts';
