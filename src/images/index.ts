export { createDiskFiles } from './disk-files.ts';
export { createImageStore, type ImageStore, linkImage } from './image-store.ts';
