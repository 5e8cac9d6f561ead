import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHttpReport } from '../../../src/ingest/http-report.ts';
import { parseMultipart } from '../../../src/ingest/multipart.ts';
import { hikvisionAlert, JPEG, multipart } from '../../support/camera-fixtures.ts';
import { TINY_JPEG } from '../../support/pictures.ts';

const alert = hikvisionAlert();
const receivedAt = new Date('2026-04-05T03:00:05Z');

describe('parseMultipart', () => {
  it('gives each part with its name and exact bytes, pictures too', () => {
    const { contentType, body } = multipart([
      { name: 'fireDetection.xml', type: 'application/xml', body: alert },
      { name: 'visible', fileName: 'v.jpg', type: 'image/jpeg', body: JPEG },
    ]);
    const parts = parseMultipart(contentType, body);
    expect(parts?.map(({ name, contentType: type }) => [name, type])).toEqual([
      ['fireDetection.xml', 'application/xml'],
      ['visible', 'image/jpeg'],
    ]);
    expect(parts?.[0]?.body.toString()).toBe(alert);
    expect(parts?.[1]?.body.equals(JPEG)).toBe(true);
  });

  it('reads what firmware sends: bare line feeds, no Content-Disposition, no last delimiter', () => {
    const body = `--b\nContent-Type: application/xml; charset="UTF-8"\nContent-Length: 4\n\n<a/>\n--b\nContent-Type: image/jpeg\n\nxyz`;
    expect(parseMultipart('multipart/mixed; boundary="b"', Buffer.from(body))).toEqual([
      { name: null, contentType: 'application/xml; charset="UTF-8"', body: Buffer.from('<a/>') },
      { name: null, contentType: 'image/jpeg', body: Buffer.from('xyz') },
    ]);
  });

  it('is null where there is no boundary or no part', () => {
    expect(parseMultipart('application/xml', Buffer.from(alert))).toBeNull();
    expect(parseMultipart('multipart/form-data', Buffer.from('--b\r\n\r\nx'))).toBeNull();
    expect(parseMultipart('multipart/form-data; boundary=b', Buffer.alloc(0))).toBeNull();
    expect(parseMultipart('multipart/form-data; boundary=b', Buffer.from('--b--'))).toBeNull();
  });

  it('gives back whatever bytes were put in, and never throws', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 6 }),
        (bodies) => {
          const boundary = 'fengsui-7c1b9b52-no-random-bytes';
          const { contentType, body } = multipart(
            bodies.map((bytes, i) => ({ name: `p${String(i)}`, body: Buffer.from(bytes) })),
            boundary,
          );
          const parts = parseMultipart(contentType, body) ?? [];
          expect(parts.map((part) => [...part.body])).toEqual(bodies.map((bytes) => [...bytes]));
          const cut = body.subarray(0, Math.floor(body.length / 2));
          expect(() => parseMultipart(contentType, cut)).not.toThrow();
        },
      ),
      { seed: 20261124, numRuns: 300 },
    );
  });
});

describe('readHttpReport', () => {
  it('tells the pictures of a Hikvision alarm from its text, whatever they are called', () => {
    const sent = multipart([
      { name: 'visible', type: 'image/jpeg', body: JPEG },
      { name: 'alarm', body: alert },
      { name: 'thermal', type: 'application/octet-stream', body: TINY_JPEG },
      { name: 'clip', type: 'video/mp4', body: 'of no interest' },
    ]);
    const { messages, pictures } = readHttpReport('hikvision', { ...sent, receivedAt });
    expect(messages.map(String)).toEqual([alert]);
    expect(pictures).toEqual([JPEG, TINY_JPEG]);
  });

  it('takes a body without parts as it is, and one without a text whole', () => {
    const plain = { contentType: 'application/xml', body: Buffer.from(alert), receivedAt };
    expect(readHttpReport('hikvision', plain).messages.map(String)).toEqual([alert]);
    const pictures = multipart([{ name: 'visible', type: 'image/jpeg', body: JPEG }]);
    expect(readHttpReport('hikvision', { ...pictures, receivedAt })).toEqual({
      messages: [pictures.body],
      pictures: [],
    });
  });

  it("makes JSON of Pyronear's form: the same picture has the same hash", () => {
    const form = (recordedAt: string) =>
      multipart([
        { name: 'bboxes', body: '[(0.1,0.1,0.5,0.8,0.5)]' },
        { name: 'pose_id', body: '12' },
        { name: 'recorded_at', body: recordedAt },
        { name: 'password', body: 'of no interest' },
        { name: 'file', fileName: 'frame.jpg', type: 'image/jpeg', body: JPEG },
        { name: 'crop', fileName: 'crop.jpg', type: 'image/jpeg', body: JPEG },
      ]);
    const read = (at: string): unknown =>
      JSON.parse(String(readHttpReport('pyronear', { ...form(at), receivedAt }).messages[0]));
    expect(read('2026-04-05T03:00:00Z')).toEqual({
      bboxes: '[(0.1,0.1,0.5,0.8,0.5)]',
      pose_id: '12',
      recorded_at: '2026-04-05T03:00:00Z',
      frame_sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      received_at: '2026-04-05T03:00:05.000Z',
    });
  });
});
