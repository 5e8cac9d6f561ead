import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CHROMIUM,
  type Chromium,
  openPage,
  type Page,
  startChromium,
} from '../support/chromium.ts';
import { picture } from '../support/pictures.ts';
import { ADMIN_PASSWORD, startTestService, type TestService } from '../support/service.ts';

describe.skipIf(CHROMIUM === undefined)('pictures in the console, in Chromium', () => {
  let chromium: Chromium;
  let town: TestService;
  let page: Page;

  beforeAll(async () => {
    town = await startTestService();
    chromium = await startChromium();
    page = await openPage(chromium);
  });
  afterAll(async () => {
    await chromium?.stop();
    await town?.stop();
  });

  const sizeOf = (selector: string): Promise<number[]> =>
    page.evaluate(`(({ naturalWidth, naturalHeight }) => [naturalWidth, naturalHeight])(
      document.querySelector('${selector}'))`);

  it('come into the open incident by themselves, small, and large at a tap', async () => {
    const camera = { id: 'cam-1', kind: 'camera', name: 'Ridge', lon: 113.27, lat: 26.71 };
    const { body } = await town.call<{ secret: string }>('POST', 'devices', camera);
    const { body: seen } = await town.call<{ incidentId: string }>('POST', 'detections', {
      deviceId: 'cam-1',
      id: 'alarm-1',
      at: new Date().toISOString(),
      kind: 'smoke',
      confidence: 0.8,
      azimuthDeg: 90,
    });
    await chromium.send('Page.navigate', { url: town.service.httpUrl() }, page.session);
    await page.until(`document.querySelector('form input') !== null`);
    const login = { username: 'admin', password: ADMIN_PASSWORD };
    await page.evaluate(`(async () => {
      const answer = await fetch('/api/v1/auth/login', { method: 'POST',
        headers: { 'content-type': 'application/json' }, body: '${JSON.stringify(login)}' });
      localStorage.setItem('fengsui.token', (await answer.json()).token);
      location.reload();
    })()`);
    const card = `[data-id="${seen.incidentId}"]`;
    await page.until(`document.querySelector('${card} [data-act=toggle]') !== null`);
    await page.evaluate(`document.querySelector('${card} [data-act=toggle]').click()`);
    await page.until(`document.querySelector('${card} .sources') !== null`);

    const client = await town.connect('cam-1', body.secret);
    await client.publishAsync('fengsui/v1/camera/cam-1/image/alarm-1', await picture(), { qos: 1 });
    await page.until(`document.querySelector('${card} .pictures img')?.naturalWidth > 0`);
    expect(await sizeOf(`${card} .pictures img`)).toEqual([320, 180]);

    await page.evaluate(`document.querySelector('${card} .pictures button').click()`);
    await page.until(`document.querySelector('dialog.picture[open] img')?.naturalWidth > 0`);
    expect(await sizeOf('dialog.picture img')).toEqual([1280, 720]);
    await page.evaluate(`document.querySelector('dialog.picture img').click()`);
    await page.until(`document.querySelector('dialog.picture') === null`);
    expect(page.complaints.filter((text) => !text.includes('favicon'))).toEqual([]);
  });
});
