import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM } from '../support/chromium.ts';
import { type ConsolePage, openConsolePage } from '../support/console-page.ts';
import { picture } from '../support/pictures.ts';
import { ADMIN_PASSWORD, startTestService, type TestService } from '../support/service.ts';

describe.skipIf(CHROMIUM === undefined)('pictures in the console, in Chromium', () => {
  let page: ConsolePage;
  let town: TestService;

  beforeAll(async () => {
    town = await startTestService();
    page = await openConsolePage();
  });
  afterAll(async () => {
    await page?.stop();
    await town?.stop();
  });

  const sizeOf = (selector: string): Promise<number[]> =>
    page.inPage(`(({ naturalWidth, naturalHeight }) => [naturalWidth, naturalHeight])(
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
    await page.login(town.service.httpUrl(), { username: 'admin', password: ADMIN_PASSWORD });
    const card = `[data-id="${seen.incidentId}"]`;
    await page.until(`document.querySelector('${card} [data-act=toggle]') !== null`);
    await page.inPage(`document.querySelector('${card} [data-act=toggle]').click()`);
    await page.until(`document.querySelector('${card} .sources') !== null`);

    const client = await town.connect('cam-1', body.secret);
    await client.publishAsync('fengsui/v1/camera/cam-1/image/alarm-1', await picture(), { qos: 1 });
    await page.until(`document.querySelector('${card} .pictures img')?.naturalWidth > 0`);
    expect(await sizeOf(`${card} .pictures img`)).toEqual([320, 180]);

    await page.inPage(`document.querySelector('${card} .pictures button').click()`);
    await page.until(`document.querySelector('dialog.picture[open] img')?.naturalWidth > 0`);
    expect(await sizeOf('dialog.picture img')).toEqual([640, 360]);
    await page.inPage(`document.querySelector('dialog.picture img').click()`);
    await page.until(`document.querySelector('dialog.picture') === null`);
    expect(page.complaints.filter((text) => !text.includes('favicon'))).toEqual([]);
  });
});
