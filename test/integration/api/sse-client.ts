import type { StreamEvent } from '../../../src/api/event-store.ts';

export type SseClient = {
  /** In the order they came. */
  events: StreamEvent[];
  lastId(): string;
  /** The response ended or broke. */
  closed: Promise<void>;
  close(): void;
};

/** Opens the event stream and collects it; resolves once the first bytes are there. */
export const openStream = async (
  url: string,
  token: string,
  lastEventId?: string,
): Promise<SseClient> => {
  const abort = new AbortController();
  const response = await fetch(`${url}/api/v1/stream`, {
    headers: {
      authorization: `Bearer ${token}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
    signal: abort.signal,
  });
  if (!response.ok || response.body === null) {
    throw new Error(`stream answered ${String(response.status)}: ${await response.text()}`);
  }
  const events: StreamEvent[] = [];
  let lastId = lastEventId ?? '';
  const take = (block: string): void => {
    for (const line of block.split('\n')) {
      if (line.startsWith('id: ')) lastId = line.slice(4);
      if (line.startsWith('data: ')) events.push(JSON.parse(line.slice(6)) as StreamEvent);
    }
  };
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = (await reader.read()).value ?? '';
  const readOn = async (): Promise<void> => {
    for (;;) {
      const blocks = rest.split('\n\n');
      rest = blocks.pop() ?? '';
      blocks.forEach(take);
      const { done, value } = await reader.read();
      if (done) return;
      rest += value;
    }
  };
  const closed = readOn().catch(() => undefined);
  await new Promise((resolve) => setImmediate(resolve));
  return { events, lastId: () => lastId, closed, close: () => abort.abort() };
};
