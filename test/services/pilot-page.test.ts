import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CHROMIUM, startChromium } from '../support/chromium.ts';
import { FAKE_PILOT } from '../support/fake-pilot.ts';
import { ADMIN_PASSWORD, startTestService, type TestService } from '../support/service.ts';

/** The page for controllers in a real Chromium, with a stand-in for what Pilot 2 puts into its web view. */
describe.skipIf(CHROMIUM === undefined)('the page for controllers in Chromium', () => {
  let chromium: Awaited<ReturnType<typeof startChromium>>;
  let town: TestService;
  let page = '';
  const complaints: string[] = [];

  beforeAll(async () => {
    town = await startTestService({
      DJI_APP_ID: '123456',
      DJI_APP_KEY: 'key',
      DJI_APP_LICENSE: 'licence',
      MQTT_PUBLIC_URL: 'tcp://fire.example.org:1883',
    });
    chromium = await startChromium();
    const { targetId } = await chromium.send('Target.createTarget', { url: 'about:blank' });
    const attached = await chromium.send('Target.attachToTarget', { targetId, flatten: true });
    page = String(attached['sessionId']);
    chromium.on('Log.entryAdded', ({ entry }) => {
      const { level, text } = entry as { level: string; text: string };
      if (level === 'error') complaints.push(text);
    });
    for (const domain of ['Page', 'Log', 'Runtime']) {
      await chromium.send(`${domain}.enable`, {}, page);
    }
  });
  afterAll(async () => {
    await chromium?.stop();
    await town?.stop();
  });

  const inPage = <T>(expression: string): Promise<T> => chromium.evaluate<T>(page, expression);
  const open = () =>
    chromium.send(
      'Page.navigate',
      { url: `${new URL(town.service.httpUrl()).origin}/pilot` },
      page,
    );
  const shows = (text: string): Promise<void> =>
    vi.waitFor(
      async () => expect(await inPage<string>('document.body.innerText')).toContain(text),
      { timeout: 20_000, interval: 50 },
    );
  const logIn = (password: string): Promise<unknown> =>
    inPage(`{
      const form = document.getElementById('login');
      form.elements.username.value = 'admin';
      form.elements.password.value = ${JSON.stringify(password)};
      form.requestSubmit();
    }`);

  it('says where to open it when it is not in Pilot 2', async () => {
    await open();
    await shows('请在遥控器的 DJI Pilot 2 中打开本页');
    await inPage(`document.getElementById('language').click()`);
    await shows('Open this page in DJI Pilot 2');
    await inPage(`document.getElementById('language').click()`);
    expect(complaints).toEqual([]);
  });

  it('logs the controller in, keeps no token of the person, and lets go of it again', async () => {
    await chromium.send(
      'Page.addScriptToEvaluateOnNewDocument',
      { source: `window.fakePilot = ${FAKE_PILOT}; window.djiBridge = window.fakePilot.bridge;` },
      page,
    );
    await open();
    await shows('登录');
    await logIn('wrong');
    await shows('用户名或密码错误');
    expect(complaints.splice(0)).toEqual([expect.stringContaining('401')]);
    await logIn(ADMIN_PASSWORD);
    await shows('已接入。遥控器 4LFCL5T001RC');
    const [, , param] =
      (await inPage<string[][]>('fakePilot.calls')).find(
        ([call, name]) => call === 'platformLoadComponent' && name === 'thing',
      ) ?? [];
    const thing = JSON.parse(param ?? '{}') as Record<string, string>;
    expect(thing).toMatchObject({ host: 'tcp://fire.example.org:1883', username: '4LFCL5T001RC' });
    expect((await town.connect('4LFCL5T001RC', thing['password'] ?? '')).connected).toBe(true);
    expect(await inPage(`localStorage.getItem('fengsui.token')`)).toBe(null);
    await inPage(`document.getElementById('leave').click()`);
    await shows('已断开');
    expect(complaints).toEqual([]);
  });

  it('says what Pilot 2 said when it refuses the licence', async () => {
    await open();
    await shows('登录');
    await inPage(`fakePilot.refuse.platformVerifyLicense = 'license expired'`);
    await logIn(ADMIN_PASSWORD);
    await shows('许可校验失败 license expired (6)');
    expect(complaints).toEqual([]);
  });
});
