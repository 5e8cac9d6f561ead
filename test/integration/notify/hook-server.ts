import { createServer, type IncomingHttpHeaders } from 'node:http';
import { listenOnLoopback } from '../../support/loopback.ts';

export type Hook = { path: string; headers: IncomingHttpHeaders; body: string };

/** A receiver of webhooks on loopback; the path says how it answers: `/status/500`, `/hang`, `/redirect`. */
export const startHookServer = async () => {
  const hooks: Hook[] = [];
  const answers: number[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      hooks.push({ path, headers: request.headers, body: Buffer.concat(chunks).toString() });
      if (path === '/hang' && hooks.length === 1) return;
      const status = answers.shift() ?? (path === '/redirect' ? 307 : 200);
      response.writeHead(status, status === 307 ? { location: '/elsewhere' } : {}).end('ok');
    });
  });
  const { url, stop } = await listenOnLoopback(server);
  return {
    hooks,
    /** Status codes of the next answers; after them 200. */
    answers,
    url,
    stop,
  };
};
