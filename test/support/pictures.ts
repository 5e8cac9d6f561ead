import sharp from 'sharp';

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

/**
 * A picture of what a camera might see, noise that compresses badly. `turned`: it was taken with the camera on its side,
 * which EXIF tells, as it tells where (26° 42′ N).
 */
export const picture = async ({
  widthPx = 1280,
  heightPx = 720,
  format = 'jpeg' as 'jpeg' | 'png' | 'webp',
  turned = false,
} = {}): Promise<Buffer> => {
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
  const made = sharp({
    create: { width: widthPx, height: heightPx, channels: 3, background: '#345', noise },
  }).toFormat(format);
  if (!turned) return made.toBuffer();
  const gps = { GPSLatitudeRef: 'N', GPSLatitude: '26/1 42/1 0/1' };
  return made.withExif({ IFD3: gps }).withMetadata({ orientation: 6 }).toBuffer();
};

/** 67 million pixels of one colour in 0.2 MB. */
export const pixelBomb = (): Promise<Buffer> =>
  sharp({
    create: { width: 8_200, height: 8_200, channels: 3, background: '#345' },
    limitInputPixels: false,
  })
    .png({ compressionLevel: 9 })
    .toBuffer();
