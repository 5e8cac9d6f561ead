import { createHash, createHmac } from 'node:crypto';

export type Acs3Request = {
  method: 'POST' | 'GET';
  /** Host, and port where it is not the usual one. */
  host: string;
  action: string;
  version: string;
  query: Readonly<Record<string, string>>;
  accessKeyId: string;
  accessKeySecret: string;
  at: Date;
  /** Different for each request. */
  nonce: string;
};

const ALGORITHM = 'ACS3-HMAC-SHA256';

/**
 * Query string and headers of a call of Alibaba Cloud's API (RPC style: all parameters in the query, no body), signed by
 * version 3 of its signature. `host` is signed and left to whoever sends: https://help.aliyun.com/document_detail/2593177.html
 */
export const signAcs3 = (
  request: Acs3Request,
): { query: string; headers: Record<string, string> } => {
  const { method, host, action, version, accessKeyId, accessKeySecret, at, nonce } = request;
  const query = Object.entries(request.query)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${encode(key)}=${encode(value)}`)
    .join('&');
  const payloadHash = sha256('');
  const headers = {
    host,
    'x-acs-action': action,
    'x-acs-content-sha256': payloadHash,
    'x-acs-date': `${at.toISOString().slice(0, 19)}Z`,
    'x-acs-signature-nonce': nonce,
    'x-acs-version': version,
  };
  const signedHeaders = Object.keys(headers).join(';');
  const canonicalHeaders = Object.entries(headers).map(([key, value]) => `${key}:${value}\n`);
  const canonical = [method, '/', query, canonicalHeaders.join(''), signedHeaders, payloadHash];
  const signature = createHmac('sha256', accessKeySecret)
    .update(`${ALGORITHM}\n${sha256(canonical.join('\n'))}`)
    .digest('hex');
  const authorization = `${ALGORITHM} Credential=${accessKeyId},SignedHeaders=${signedHeaders},Signature=${signature}`;
  const { host: _, ...others } = headers;
  return { query, headers: { ...others, authorization } };
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** RFC 3986: encodeURIComponent leaves five characters that the signature wants encoded. */
const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
