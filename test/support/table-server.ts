import { createServer } from 'node:http';
import { listenOnLoopback } from './loopback.ts';

export type TableServer = {
  url: string;
  /** What each path answers; others answer 404. May be changed at any time. */
  tables: Map<string, { text: string; status?: number; etag?: string }>;
  /** The requests so far, path and query. */
  requests: { path: string; status: number }[];
  stop(): Promise<void>;
};

/** Stands for FIRMS, or for a mirror of Himawari's products. */
export const startTableServer = async (): Promise<TableServer> => {
  const tables: TableServer['tables'] = new Map();
  const requests: TableServer['requests'] = [];
  const server = createServer((request, response) => {
    const path = decodeURI(request.url ?? '');
    const table = tables.get(path);
    const unchanged = table?.etag !== undefined && table.etag === request.headers['if-none-match'];
    const status = unchanged ? 304 : table === undefined ? 404 : (table.status ?? 200);
    requests.push({ path, status });
    response.writeHead(status, table?.etag === undefined ? {} : { etag: table.etag });
    response.end(unchanged ? undefined : table?.text);
  });
  return { ...(await listenOnLoopback(server)), tables, requests };
};
