import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { listenOnLoopback } from './loopback.ts';

export type ProviderRequest = {
  method: string;
  /** Path and query, as written. */
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** The body read as JSON, or as a form. */
  fields: Record<string, unknown>;
};

/** What the provider does with a request: an answer, silence, or a line that breaks. */
export type ProviderReaction =
  | { status?: number; json?: unknown; text?: string; headers?: Record<string, string> }
  | 'silence'
  | 'drop';

export type HttpProvider = {
  url: string;
  /** All requests, oldest first. */
  requests: ProviderRequest[];
  /** How many were being dealt with at the same time, at most. */
  mostAtOnce(): number;
  onRequest(
    react: (
      request: ProviderRequest,
      count: number,
    ) => ProviderReaction | Promise<ProviderReaction>,
  ): void;
  stop(): Promise<void>;
};

/** A provider's HTTP interface on loopback. */
export const startHttpProvider = async (): Promise<HttpProvider> => {
  const requests: ProviderRequest[] = [];
  let react: Parameters<HttpProvider['onRequest']>[0] = () => ({});
  let atOnce = 0;
  let mostAtOnce = 0;
  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const request = {
      method: incoming.method ?? '',
      url: incoming.url ?? '',
      headers: incoming.headers,
      body,
      fields: readFields(incoming.headers['content-type'] ?? '', body),
    };
    requests.push(request);
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    const reaction = await react(request, requests.length);
    atOnce -= 1;
    if (reaction === 'silence') return;
    if (reaction === 'drop') {
      incoming.socket.destroy();
      return;
    }
    const { status = 200, json, text, headers = {} } = reaction;
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(text ?? JSON.stringify(json ?? {}));
  };
  const server = createServer((incoming, response) => {
    // A request that breaks off is the client's business.
    handle(incoming, response).catch(() => incoming.socket.destroy());
  });
  const { url, stop } = await listenOnLoopback(server);
  return {
    url,
    requests,
    mostAtOnce: () => mostAtOnce,
    onRequest(next) {
      react = next;
    },
    stop,
  };
};

const readFields = (type: string, body: string): Record<string, unknown> => {
  if (type.startsWith('application/json')) return JSON.parse(body) as Record<string, unknown>;
  return Object.fromEntries(new URLSearchParams(body));
};
