import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createDiskFiles,
  createImageStore,
  type ImageStore,
  linkImage,
} from '../../../src/images/index.ts';
import { recordDetection } from '../../../src/incidents/index.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { givenCamera, incidentDeps, locatedDetection } from '../../support/fixtures.ts';
import { jpegLike } from '../../support/pictures.ts';

let database: TestDatabase;
let dataDir: string;
let store: ImageStore;

beforeAll(async () => {
  database = await createTestDatabase();
  await givenCamera(database.pool, 'cam-1');
  dataDir = await mkdtemp(join(tmpdir(), 'fengsui-images-'));
  store = createImageStore({
    pool: database.pool,
    files: createDiskFiles(dataDir),
    maxBytes: 1000,
    clock: systemClock,
  });
});
afterAll(async () => {
  await database?.drop();
  await rm(dataDir, { recursive: true, force: true });
});

const kept = async (bytes: Buffer): Promise<string> => {
  const put = await store.put(bytes, { deviceId: 'cam-1' });
  if (put.kind === 'refused') throw new Error(put.reason);
  return put.imageId;
};
const placeOf = (bytes: Buffer): string => {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return join(dataDir, 'images', sha256.slice(0, 2), sha256.slice(2));
};

describe('the picture store on disk', () => {
  it('keeps a picture in a file named by its hash', async () => {
    const bytes = jpegLike('one');
    const id = await kept(bytes);
    expect(await readFile(placeOf(bytes))).toEqual(bytes);
    const { rows } = await database.pool.query(
      `select type, bytes, device_id, person_id from image where id = $1`,
      [id],
    );
    expect(rows).toEqual([
      { type: 'image/jpeg', bytes: bytes.length, device_id: 'cam-1', person_id: null },
    ]);
  });

  it('keeps the same picture once, also when it comes several times at once', async () => {
    const bytes = jpegLike('two');
    const ids = await Promise.all(Array.from({ length: 5 }, () => kept(bytes)));
    expect(new Set(ids).size).toBe(1);
    const files = await readdir(join(dataDir, 'images'), { recursive: true });
    expect(files.filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('mends a file that a crash cut short', async () => {
    const bytes = jpegLike('three');
    const id = await kept(bytes);
    await writeFile(placeOf(bytes), bytes.subarray(0, 5));
    expect(await kept(bytes)).toBe(id);
    expect(await readFile(placeOf(bytes))).toEqual(bytes);
  });

  it('says of which detection a picture is, once', async () => {
    const imageId = await kept(jpegLike('of a fire'));
    const deps = incidentDeps(database.pool);
    const { detectionId } = await recordDetection(deps, locatedDetection(), new Date());
    await linkImage(database.pool, { detectionId, imageId });
    await linkImage(database.pool, { detectionId, imageId });
    const { rows } = await database.pool.query(
      `select image_id from detection_image where detection_id = $1`,
      [detectionId],
    );
    expect(rows).toEqual([{ image_id: imageId }]);
  });

  it('keeps nothing of what it refuses', async () => {
    const put = await store.put(Buffer.from('<html>'), { deviceId: 'cam-1' });
    expect(put.kind).toBe('refused');
    const { rows } = await database.pool.query(`select 1 from image where bytes = 6`);
    expect(rows).toEqual([]);
  });

  it('keeps no row without its file', async () => {
    const blocked = createImageStore({
      pool: database.pool,
      files: createDiskFiles('/dev/null'),
      maxBytes: 1000,
      clock: systemClock,
    });
    const bytes = jpegLike('four, with nowhere to go');
    await expect(blocked.put(bytes, { deviceId: 'cam-1' })).rejects.toThrow('ENOTDIR');
    const { rows } = await database.pool.query(`select 1 from image where bytes = $1`, [
      bytes.length,
    ]);
    expect(rows).toEqual([]);
  });
});
