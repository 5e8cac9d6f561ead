import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { listenOnLoopback } from './loopback.ts';

export type SignedRequest = {
  method: string;
  path: string;
  headers: Readonly<Record<string, string | undefined>>;
};

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest();

/**
 * The signature that a request without a query has to bear, by AWS Signature Version 4
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html); undefined when it names none.
 */
export const expectedSignature = (
  { method, path, headers }: SignedRequest,
  secretKey: string,
): string | undefined => {
  const [, day, region, signed] =
    /Credential=[^/]+\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+)/.exec(
      headers.authorization ?? '',
    ) ?? [];
  if (day === undefined || region === undefined || signed === undefined) return undefined;
  const canonicalHeaders = signed
    .split(';')
    .map((name) => `${name}:${(headers[name] ?? '').trim()}\n`)
    .join('');
  const payload = headers['x-amz-content-sha256'] ?? '';
  const canonical = [method, path, '', canonicalHeaders, signed, payload].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'] ?? '', scope, sha256(canonical)];
  const key = [region, 's3', 'aws4_request'].reduce<Buffer>(hmac, hmac(`AWS4${secretKey}`, day));
  return hmac(key, text.join('\n')).toString('hex');
};

export type S3Server = {
  url: string;
  /** By path within the bucket. */
  objects: Map<string, Buffer>;
  /** Answers 503 while true. */
  away: boolean;
  stop(): Promise<void>;
};

/** A bucket that takes only what is signed with `secretKey` and has the hash it says. */
export const startS3Server = async (secretKey: string): Promise<S3Server> => {
  const objects = new Map<string, Buffer>();
  const answer = (request: IncomingMessage, body: Buffer): { status: number; body?: Buffer } => {
    if (s3.away) return { status: 503 };
    const { method = '', url: path = '' } = request;
    const headers = request.headers as Record<string, string | undefined>;
    const signature = /Signature=([0-9a-f]{64})$/.exec(headers.authorization ?? '')?.[1];
    if (signature !== expectedSignature({ method, path, headers }, secretKey)) {
      return { status: 403, body: Buffer.from('<Code>SignatureDoesNotMatch</Code>') };
    }
    const key = path.replace('/bucket/', '');
    if (method === 'PUT') {
      if (headers['x-amz-content-sha256'] !== sha256(body)) return { status: 400 };
      objects.set(key, body);
      return { status: 200 };
    }
    if (method === 'DELETE') return { status: objects.delete(key) ? 204 : 404 };
    const found = objects.get(key);
    return found === undefined ? { status: 404 } : { status: 200, body: found };
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { status, body } = answer(request, Buffer.concat(chunks));
      response.writeHead(status).end(body);
    });
  });
  const { url, stop } = await listenOnLoopback(server);
  const s3: S3Server = {
    url: `${url}/bucket`,
    objects,
    away: false,
    stop,
  };
  return s3;
};
