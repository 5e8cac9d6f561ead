import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createThumbnailer } from '../../../src/images/index.ts';
import { picture, pixelBomb, TINY_JPEG } from '../../support/pictures.ts';

const makeThumbnail = createThumbnailer();

const made = async (bytes: Buffer) => {
  const thumbnail = await makeThumbnail(bytes);
  if (thumbnail.kind === 'none') throw new Error(thumbnail.reason);
  return { ...thumbnail, shown: await sharp(thumbnail.jpeg).metadata() };
};

describe('a thumbnail', () => {
  it.each(['jpeg', 'png', 'webp'] as const)('of a %s is a JPEG of 320 pixels', async (format) => {
    const { shown, ...thumbnail } = await made(await picture({ format }));
    expect(shown).toMatchObject({ format: 'jpeg', width: 320, height: 180 });
    expect(thumbnail).toMatchObject({ widthPx: 1280, heightPx: 720 });
  });

  it('stands upright and does not say where it was taken', async () => {
    const bytes = await picture({ turned: true });
    // The tag of the GPS part, little-endian as libexif writes it.
    expect((await sharp(bytes).metadata()).exif?.includes(Buffer.of(0x25, 0x88))).toBe(true);
    const { shown, widthPx, heightPx } = await made(bytes);
    expect([widthPx, heightPx]).toEqual([720, 1280]);
    expect(shown.height).toBeGreaterThan(shown.width);
    expect(shown.exif).toBeUndefined();
    expect(shown.orientation).toBeUndefined();
  });

  it('is not larger than its picture', async () => {
    expect((await made(TINY_JPEG)).shown).toMatchObject({ width: 1, height: 1 });
  });

  it('shows what there is of a picture that was cut short', async () => {
    const bytes = await picture();
    const { shown } = await made(bytes.subarray(0, bytes.length / 2));
    expect(shown.width).toBe(320);
  });

  it.each([
    ['only its first bytes', async () => TINY_JPEG.subarray(0, 20)],
    ['another format', async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['more pixels than any camera has', pixelBomb],
  ])('is not made of %s, and the reason is told', async (_what, bytes) => {
    expect(await makeThumbnail(await bytes())).toEqual({
      kind: 'none',
      reason: expect.stringMatching(/^no thumbnail: Input (image|buffer) \w/) as string,
    });
  });

  it('never throws, whatever happened to the bytes', async () => {
    const whole = await picture({ widthPx: 64, heightPx: 64 });
    const change = fc.record({ at: fc.nat(whole.length - 1), to: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { maxLength: 30 }),
        fc.nat(whole.length),
        async (changes, length) => {
          const bytes = Buffer.from(whole);
          for (const { at, to } of changes) bytes[at] = to;
          const thumbnail = await makeThumbnail(bytes.subarray(0, length));
          expect(['made', 'none']).toContain(thumbnail.kind);
        },
      ),
      { seed: 20261128, numRuns: 300 },
    );
  });
});
