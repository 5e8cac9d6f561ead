import { createHash } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  createImageKeeper,
  createImageStore,
  createS3Files,
  createThumbnailer,
  createThumbnailWorker,
  createUploadWorker,
} from '../../../src/images/index.ts';
import { startParts } from '../../../src/shared/part.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { givenCamera } from '../../support/fixtures.ts';
import { picture } from '../../support/pictures.ts';
import { expectedSignature, type S3Server, startS3Server } from '../../support/s3-server.ts';

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const HASH = `ab${'cd'.repeat(31)}`;
const DAY_MS = 86_400_000;
const WITHIN = { timeout: 15_000, interval: 50 };

let database: TestDatabase;
let s3: S3Server;

beforeAll(async () => {
  database = await createTestDatabase();
  await givenCamera(database.pool, 'cam-1');
  s3 = await startS3Server(SECRET);
});
afterAll(async () => {
  await s3?.stop();
  await database?.drop();
});

const filesWith = (secretKey: string) =>
  createS3Files({ url: s3.url, accessKey: 'AKIAIOSFODNN7EXAMPLE', secretKey, region: 'cn-south' });

it('the server of these tests wants the signature that AWS publishes for its example', () => {
  const scope = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request';
  const signed = 'host;range;x-amz-content-sha256;x-amz-date';
  const headers = {
    host: 'examplebucket.s3.amazonaws.com',
    range: 'bytes=0-9',
    'x-amz-content-sha256': EMPTY,
    'x-amz-date': '20130524T000000Z',
    authorization: `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=${signed},Signature=…`,
  };
  expect(expectedSignature({ method: 'GET', path: '/test.txt', headers }, SECRET)).toBe(
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  );
});

describe('files in S3', () => {
  it('are written, read and removed', async () => {
    const files = filesWith(SECRET);
    const bytes = await picture({ widthPx: 8, heightPx: 8 });
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(await files.read(sha256)).toBeUndefined();
    await files.write(sha256, bytes);
    expect([...s3.objects.keys()]).toEqual([`images/${sha256.slice(0, 2)}/${sha256.slice(2)}`]);
    expect(await files.read(sha256)).toEqual(bytes);
    await files.remove(sha256);
    await files.remove(sha256);
    expect(s3.objects.size).toBe(0);
  });

  it('are not, with another secret or other bytes than the hash says', async () => {
    const bytes = Buffer.from('anything');
    await expect(filesWith('wrong').write(HASH, bytes)).rejects.toThrow('SignatureDoesNotMatch');
    await expect(filesWith(SECRET).write(HASH, bytes)).rejects.toThrow(/S3_URL.*400/);
  });
});

describe('a picture on its way to S3', () => {
  it('waits in the database while S3 is away, is there afterwards, and goes when it is old', async () => {
    const { pool } = database;
    const logger = pino({ level: 'silent' });
    const files = filesWith(SECRET);
    let now = new Date('2026-04-05T03:00:00Z');
    const clock = { now: () => now };
    const store = createImageStore({ pool, files: undefined, maxBytes: 1e7, clock });
    const makeThumbnail = createThumbnailer();
    const waiting = async () => (await pool.query(`select 1 from image_upload`)).rowCount;

    s3.away = true;
    const [bytes, later] = [await picture(), await picture({ format: 'webp' })];
    await store.put(bytes, { deviceId: 'cam-1' });
    await store.put(bytes, { deviceId: 'cam-1' });
    const stop = await startParts([
      createThumbnailWorker({ pool, files, makeThumbnail, clock, logger }),
      createUploadWorker({ pool, files, clock, logger }),
    ]);
    try {
      await vi.waitFor(async () => {
        const { rows } = await pool.query(
          `select i.width_px, i.work_attempts from image i join image_thumbnail t on t.image_id = i.id`,
        );
        expect(rows).toEqual([{ width_px: 640, work_attempts: 1 }]);
      }, WITHIN);
      expect(await waiting()).toBe(1);

      s3.away = false;
      now = new Date(now.getTime() + 60_000);
      await vi.waitUntil(async () => (await waiting()) === 0, WITHIN);
      expect([...s3.objects.values()]).toEqual([bytes]);
      now = new Date(now.getTime() + DAY_MS);
      await store.put(later, { deviceId: 'cam-1' });
      await vi.waitUntil(() => s3.objects.size === 2, WITHIN);
    } finally {
      await stop();
    }

    now = new Date(now.getTime() + 29 * DAY_MS);
    const keeper = createImageKeeper({ pool, files, clock, keepDays: 30, logger });
    const stopKeeper = await startParts([keeper]);
    await vi.waitUntil(() => s3.objects.size < 2, WITHIN);
    await stopKeeper();
    expect([...s3.objects.values()]).toEqual([later]);
    expect((await pool.query(`select 1 from image`)).rowCount).toBe(1);
  });
});
