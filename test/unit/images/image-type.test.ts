import { describe, expect, it } from 'vitest';
import { checkImage, imageTypeOf } from '../../../src/images/image-type.ts';
import { PNG_HEAD, TINY_JPEG, WEBP_HEAD } from '../../support/pictures.ts';

describe('the type of a picture', () => {
  it('is told by its first bytes', () => {
    expect(imageTypeOf(TINY_JPEG)).toBe('image/jpeg');
    expect(imageTypeOf(PNG_HEAD)).toBe('image/png');
    expect(imageTypeOf(WEBP_HEAD)).toBe('image/webp');
  });

  it.each([
    ['HTML', '<!DOCTYPE html><script>'],
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['GIF', 'GIF89a'],
    ['a sound', 'RIFF\x24\0\0\0WAVEfmt '],
    ['half a JPEG mark', '\xff\xd8'],
  ])('is none for %s', (_what, text) => {
    expect(imageTypeOf(Buffer.from(text, 'latin1'))).toBeNull();
  });
});

describe('a picture is refused', () => {
  it('when it is empty, too large or none, and the reason says so', () => {
    expect(checkImage(Buffer.alloc(0), 100)).toMatchObject({ reason: 'the picture is empty' });
    expect(checkImage(Buffer.concat([TINY_JPEG, Buffer.alloc(1)]), TINY_JPEG.length)).toMatchObject(
      { reason: expect.stringMatching(/^the picture has \d+ bytes, at most \d+ are kept/) },
    );
    expect(checkImage(Buffer.from('<!DOCTYPE html>\n'), 100)).toMatchObject({
      reason: 'neither JPEG, PNG nor WebP: it begins with "<!DOCTYPE html>."',
    });
  });

  it('not when it has just the size that is admitted', () => {
    expect(checkImage(TINY_JPEG, TINY_JPEG.length)).toEqual({ kind: 'image', type: 'image/jpeg' });
  });
});
