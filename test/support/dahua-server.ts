import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type DahuaServer = {
  url: string;
  user: string;
  password: string;
  /** Paths asked for with the right login, oldest first. */
  attached: string[];
  /** Requests with a wrong login. */
  refused(): number;
  /** Streams that are open now. */
  open(): number;
  /** Sends an event to every open stream, as the device frames it. */
  say(event: string): void;
  /** The same, byte by byte as given. */
  sayRaw(text: string): void;
  /** No heartbeat any more: a line that died without a word. */
  fallSilent(): void;
  /** Cuts every open stream. */
  drop(): void;
  /** Asks for this password from now on. */
  changePassword(password: string): void;
  stop(): Promise<void>;
};

const HEARTBEAT_MS = 50;

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** What a Dahua camera answers at `eventManager.cgi`: digest authentication, then events and heartbeats without an end. */
export const startDahuaServer = async ({ port = 0 } = {}): Promise<DahuaServer> => {
  const login = { user: 'fengsui', password: 'pass "word\\' };
  const streams = new Set<ServerResponse>();
  const attached: string[] = [];
  let refused = 0;
  let silent = false;
  const nonce = randomUUID();

  const isRight = (header: string, uri: string): boolean => {
    const field = (name: string): string =>
      new RegExp(`\\b${name}="?([^",]*)"?`).exec(header)?.[1] ?? '';
    const user = md5(`${login.user}:Login to 8F01:${login.password}`);
    const proof = `${nonce}:${field('nc')}:${field('cnonce')}:auth`;
    return field('response') === md5(`${user}:${proof}:${md5(`GET:${uri}`)}`);
  };

  const server = createServer((request, response) => {
    const { url = '', headers } = request;
    const { authorization } = headers;
    if (authorization === undefined || !isRight(authorization, url)) {
      if (authorization !== undefined) refused += 1;
      const challenge = `Digest realm="Login to 8F01", qop="auth", nonce="${nonce}", opaque="5c2d", algorithm=MD5`;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
      return;
    }
    attached.push(url);
    silent = false;
    response.writeHead(200, {
      'content-type': 'multipart/x-mixed-replace; boundary=myboundary',
      connection: 'close',
    });
    response.flushHeaders();
    streams.add(response);
    response.once('close', () => streams.delete(response));
  });
  const frame = (body: string): string =>
    `--myboundary\r\nContent-Type: text/plain\r\nContent-Length:${String(Buffer.byteLength(body))}\r\n\r\n${body}\r\n\r\n`;
  const sayRaw = (text: string): void => {
    for (const stream of streams) stream.write(text);
  };
  const beat = setInterval(() => {
    if (!silent) sayRaw(frame('Heartbeat'));
  }, HEARTBEAT_MS);
  const drop = (): void => {
    for (const stream of streams) stream.destroy();
  };
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    ...login,
    attached,
    refused: () => refused,
    open: () => streams.size,
    say: (event) => sayRaw(frame(event)),
    sayRaw,
    fallSilent: () => {
      silent = true;
    },
    drop,
    changePassword: (password) => {
      login.password = password;
    },
    async stop() {
      clearInterval(beat);
      drop();
      server.close();
      await once(server, 'close');
    },
  };
};
