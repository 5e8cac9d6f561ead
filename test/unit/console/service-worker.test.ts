import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { beforeEach, describe, expect, it } from 'vitest';
import { encodePush } from '../../../src/notify/web-push/push-payload.ts';
import { packageFile } from '../../../src/shared/package-root.ts';

type Shown = { title: string; options: Record<string, unknown> & { data: object } };
type Listener = (event: object) => void;

const MESSAGE = encodePush(
  {
    notificationId: '01930000-0000-7000-8000-000000000001',
    reference: 1,
    attempt: 1,
    personId: 'p-1',
    address: 'p-1',
    locale: 'zh-CN',
    text: '【烽燧】火情：烟，云台村',
    payload: { type: 'alert', number: 'AR-20261102-001', incidentId: 'i-1' },
    repeat: false,
  },
  { receipt: 'token-1', maxBytes: 3_000 },
);

/** The service worker with what a browser gives it, as far as it uses that. */
const startWorker = () => {
  const listeners = new Map<string, Listener>();
  const shown: Shown[] = [];
  const told: unknown[] = [];
  const opened: string[] = [];
  const windows: { url: string; posted: unknown[]; focused: boolean }[] = [];
  let online = true;
  const self = {
    registration: {
      showNotification: async (title: string, options: Shown['options']) => {
        shown.push({ title, options });
      },
    },
    clients: {
      claim: async () => undefined,
      matchAll: async () =>
        windows.map((window) => ({
          url: window.url,
          postMessage: (data: unknown) => window.posted.push(data),
          focus: async () => {
            window.focused = true;
          },
        })),
      openWindow: async (url: string) => opened.push(url),
    },
    skipWaiting: () => undefined,
    addEventListener: (name: string, listener: Listener) => listeners.set(name, listener),
  };
  const fetch = async (url: string, { body }: { body: string }): Promise<object> => {
    if (!online) throw new TypeError('Failed to fetch');
    told.push([url, JSON.parse(body)]);
    return {};
  };
  const context = createContext({ self, fetch, URL, encodeURIComponent });
  runInContext(readFileSync(join(packageFile('src/console/public'), 'sw.js'), 'utf8'), context);

  /** Dispatches an event and waits for what the worker asked the browser to wait for. */
  const dispatch = async (name: string, event: object): Promise<void> => {
    let work: Promise<unknown> | undefined;
    listeners.get(name)?.({
      ...event,
      waitUntil(promise: Promise<unknown>) {
        work = promise;
      },
    });
    if (work === undefined) throw new Error(`${name} is not waited for`);
    await work;
  };
  return {
    shown,
    told,
    opened,
    windows,
    goOffline() {
      online = false;
    },
    push: (text: string | null) =>
      dispatch('push', {
        data: text === null ? null : { json: () => JSON.parse(text) as object, text: () => text },
      }),
    async click() {
      const [last] = shown.slice(-1);
      let closed = false;
      await dispatch('notificationclick', {
        notification: {
          data: last?.options.data,
          close() {
            closed = true;
          },
        },
      });
      return closed;
    },
  };
};

describe('the service worker', () => {
  let worker: ReturnType<typeof startWorker>;
  beforeEach(() => {
    worker = startWorker();
  });
  const RECEIPTS = '/api/v1/push/receipts';

  it('shows an alert until somebody acts, and says that it arrived', async () => {
    await worker.push(MESSAGE);
    expect(worker.shown).toMatchObject([
      {
        title: '烽燧 AR-20261102-001',
        options: {
          body: '【烽燧】火情：烟，云台村',
          lang: 'zh-CN',
          tag: 'i-1',
          renotify: true,
          requireInteraction: true,
        },
      },
    ]);
    expect(worker.told).toEqual([[RECEIPTS, { receipt: 'token-1', event: 'delivered' }]]);
  });

  it('opens the incident when it is clicked, and says that it was read', async () => {
    await worker.push(MESSAGE);
    expect(await worker.click()).toBe(true);
    expect(worker.opened).toEqual(['/#incident=i-1']);
    expect(worker.told.at(-1)).toEqual([RECEIPTS, { receipt: 'token-1', event: 'read' }]);
  });

  it('uses the console that is open already, not the page of the API', async () => {
    const page = { url: 'https://fire.example.org/', posted: [], focused: false };
    const docs = { url: 'https://fire.example.org/docs/', posted: [], focused: false };
    worker.windows.push(docs, page);
    await worker.push(MESSAGE);
    await worker.click();
    expect(page).toMatchObject({ posted: [{ incidentId: 'i-1' }], focused: true });
    expect([docs.focused, worker.opened]).toEqual([false, []]);
  });

  it('shows something whatever comes, since a browser takes the right to push from one that does not', async () => {
    await worker.push('not JSON');
    await worker.push(null);
    expect(worker.shown.map(({ title, options }) => [title, options['body']])).toEqual([
      ['烽燧', 'not JSON'],
      ['烽燧', ''],
    ]);
    await worker.click();
    expect([worker.opened, worker.told]).toEqual([['/'], []]);
  });

  it('shows the alert though the service cannot be told', async () => {
    worker.goOffline();
    await worker.push(MESSAGE);
    await worker.click();
    expect([worker.shown.length, worker.opened]).toEqual([1, ['/#incident=i-1']]);
  });
});
