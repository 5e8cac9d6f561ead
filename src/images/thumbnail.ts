import type sharpModule from 'sharp';
import { errorMessage } from '../shared/app-error.ts';

export type Thumbnail =
  /** `widthPx` and `heightPx` are those of the picture itself, upright. */
  | { kind: 'made'; jpeg: Buffer; widthPx: number; heightPx: number }
  /** It stays without one; the reason is shown. */
  | { kind: 'none'; reason: string };

export type MakeThumbnail = (bytes: Buffer) => Promise<Thumbnail>;

/** Tower cameras have 2 to 12 megapixels, drones up to 48; a bomb of a few KB may have thousands. */
const MAX_INPUT_PIXELS = 64_000_000;
const WIDTH_PX = 320;
/** Of what is taller than wide. */
const MAX_HEIGHT_PX = 480;
const TIMEOUT_S = 20;

type Sharp = typeof sharpModule;

/**
 * Small JPEGs made by libvips in threads of its own, one at a time; upright, and without what the camera wrote into the
 * picture (its position). A picture cut short is shown as far as it goes. Where libvips cannot be loaded (a processor
 * too old for it) there are no thumbnails, and all else works.
 */
export const createThumbnailer = (): MakeThumbnail => {
  let loading: Promise<Sharp> | undefined;
  return async (bytes) => {
    try {
      loading ??= loadSharp();
      return await shrink(await loading, bytes);
    } catch (error) {
      // libvips tells several lines, of which the first says it.
      const [reason = ''] = errorMessage(error).split('\n');
      return { kind: 'none', reason: `no thumbnail: ${reason}` };
    }
  };
};

const loadSharp = async (): Promise<Sharp> => {
  const { default: sharp } = await import('sharp');
  sharp.cache(false);
  sharp.concurrency(1);
  // Of the fifty formats it reads, those we take.
  sharp.block({ operation: ['VipsForeignLoad'] });
  const formats = ['Jpeg', 'Png', 'Webp'].map((format) => `VipsForeignLoad${format}Buffer`);
  sharp.unblock({ operation: formats });
  return sharp;
};

const shrink = async (sharp: Sharp, bytes: Buffer): Promise<Thumbnail> => {
  const picture = sharp(bytes, { limitInputPixels: MAX_INPUT_PIXELS, failOn: 'none' });
  const { width: widthPx, height: heightPx } = (await picture.metadata()).autoOrient;
  const jpeg = await picture
    .autoOrient()
    .resize({ width: WIDTH_PX, height: MAX_HEIGHT_PX, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#fff' })
    .jpeg({ quality: 75 })
    .timeout({ seconds: TIMEOUT_S })
    .toBuffer();
  return { kind: 'made', jpeg, widthPx, heightPx };
};
