/** A grey JPEG of 1 × 1 pixel. */
export const TINY_JPEG = Buffer.from(
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////2wBDAf//////////////////////////////////////////////////////////////////////////////////////wAARCAABAAEDASIAAhEBAxEB/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/xAAUAQEAAAAAAAAAAAAAAAAAAAAA/8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAAwDAQACEQMRAD8AN//Z',
  'base64',
);
/** Its first bytes only, with something that makes it another. */
export const jpegLike = (tail: string): Buffer =>
  Buffer.concat([TINY_JPEG.subarray(0, 20), Buffer.from(tail)]);

export const PNG_HEAD = Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1');
export const WEBP_HEAD = Buffer.from('RIFF\x24\0\0\0WEBPVP8 ', 'latin1');
