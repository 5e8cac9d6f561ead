import { createServer, type IncomingHttpHeaders } from 'node:http';
import { listenOnLoopback } from '../../support/loopback.ts';

export type Call = { url: URL; method: string; headers: IncomingHttpHeaders; body: Buffer };

export type Answer =
  | { status?: number; headers?: Record<string, string>; body?: object | string }
  /** Takes the request and never answers. */
  | 'hang'
  /** Takes the request and closes the connection. */
  | 'drop';

/** A server on loopback that answers as it is told: with the next of `answers`, after them with what `otherwise` says. */
export const startAnswerServer = async (otherwise: (call: Call) => Answer) => {
  const calls: Call[] = [];
  const answers: Answer[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', `http://${request.headers.host ?? ''}`);
      const { method = '', headers } = request;
      const call = { url, method, headers, body: Buffer.concat(chunks) };
      calls.push(call);
      const answer = answers.shift() ?? otherwise(call);
      if (answer === 'hang') return;
      if (answer === 'drop') return void request.socket.destroy();
      const { body = '' } = answer;
      response
        .writeHead(answer.status ?? 200, answer.headers ?? {})
        .end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  const { url, stop } = await listenOnLoopback(server);
  return {
    calls,
    answers,
    origin: url,
    stop,
  };
};

export const json = (call: Call | undefined): Record<string, unknown> =>
  JSON.parse(call?.body.toString() ?? '{}') as Record<string, unknown>;
