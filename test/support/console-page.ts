import { vi } from 'vitest';
import { startChromium } from './chromium.ts';

/** The console in a tab of a real Chromium. */
export const openConsolePage = async () => {
  const chromium = await startChromium();
  const { targetId } = await chromium.send('Target.createTarget', { url: 'about:blank' });
  const attached = await chromium.send('Target.attachToTarget', { targetId, flatten: true });
  const page = String(attached['sessionId']);
  const complaints: string[] = [];
  chromium.on('Log.entryAdded', ({ entry }) => {
    const { level, text } = entry as { level: string; text: string };
    if (level === 'error') complaints.push(text);
  });
  for (const domain of ['Page', 'Log', 'Runtime', 'DOM']) {
    await chromium.send(`${domain}.enable`, {}, page);
  }
  const inPage = <T>(expression: string): Promise<T> => chromium.evaluate<T>(page, expression);
  const until = (condition: string): Promise<void> =>
    vi.waitFor(
      async () => {
        if (!(await inPage<boolean>(condition))) {
          const text = await inPage<string>('document.body.innerText');
          throw new Error(`not so: ${condition}\n${text}\n${complaints.join('\n')}`);
        }
      },
      { timeout: 20_000, interval: 50 },
    );
  return {
    chromium,
    /** The session of the tab. */
    page,
    /** What the browser itself found wrong: a file that is missing, a breach of the page's policy. */
    complaints,
    inPage,
    until,
    press: (id: string): Promise<unknown> => inPage(`document.getElementById('${id}').click()`),
    async login(origin: string, { username, password }: { username: string; password: string }) {
      await chromium.send('Page.navigate', { url: `${origin}/` }, page);
      await until(`document.querySelector('#login:not([hidden])') !== null`);
      await inPage(`{
        const form = document.getElementById('login');
        form.elements.namedItem('username').value = '${username}';
        form.elements.namedItem('password').value = '${password}';
        form.requestSubmit();
      }`);
    },
    stop: () => chromium.stop(),
  };
};

export type ConsolePage = Awaited<ReturnType<typeof openConsolePage>>;
