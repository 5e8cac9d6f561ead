import { AwsClient } from 'aws4fetch';
import { AppError, errorMessage } from '../shared/app-error.ts';
import { type ImageFiles, imagePath } from './image-files.ts';

export type S3Settings = {
  /** Endpoint and bucket, path style, without a slash at the end: `https://s3.example.org/fengsui`. */
  url: string;
  accessKey: string;
  secretKey: string;
  region: string;
};

/** For a picture of 10 MB over 4 Mbit/s; the lease of who uploads it is longer. */
const TIMEOUT_MS = 30_000;

/** Pictures as objects of a bucket, by the names they have on disk. Rejects with `unavailable` when S3 does not do it. */
export const createS3Files = ({ url, accessKey, secretKey, region }: S3Settings): ImageFiles => {
  const client = new AwsClient({
    accessKeyId: accessKey,
    secretAccessKey: secretKey,
    region,
    service: 's3',
    // Who uploads tries again himself, for as long as it takes.
    retries: 0,
  });

  const ask = async (sha256: string, init: RequestInit, expected: readonly number[]) => {
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const response = await client.fetch(`${url}/${imagePath(sha256)}`, { ...init, signal });
      const body = Buffer.from(await response.arrayBuffer());
      if (expected.includes(response.status)) return { status: response.status, body };
      throw new Error(`${String(response.status)} ${body.toString('utf8', 0, 500)}`);
    } catch (error) {
      const reason = errorMessage(error);
      throw new AppError('unavailable', `The picture store (S3_URL) does not answer: ${reason}`, {
        cause: error,
      });
    }
  };

  return {
    async write(sha256, bytes) {
      // S3 refuses what does not have this hash: a picture is there as a whole or not at all.
      const headers = { 'x-amz-content-sha256': sha256 };
      await ask(sha256, { method: 'PUT', body: new Uint8Array(bytes), headers }, [200, 201, 204]);
    },
    async read(sha256) {
      const { status, body } = await ask(sha256, { method: 'GET' }, [200, 404]);
      return status === 200 ? body : undefined;
    },
    async remove(sha256) {
      await ask(sha256, { method: 'DELETE' }, [200, 204, 404]);
    },
  };
};
