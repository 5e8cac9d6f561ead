import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, it } from 'vitest';
import { packageFile } from '../../../src/shared/package-root.ts';
import { FAKE_PILOT, type FakePilot } from '../../support/fake-pilot.ts';

type Request = (path: string, options?: { method: string; body: unknown }) => Promise<unknown>;
type LogIn = (options: {
  bridge: unknown;
  request: Request;
  token: () => string;
  origin: string;
  onStep: (step: string) => void;
  globals: Record<string, unknown>;
  wait: (ms: number, isSo: () => boolean) => Promise<void>;
}) => Promise<string>;
type Texts = { step: Record<string, string>; failed: Record<string, (why: string) => string> };

const load = (file: string): Promise<unknown> =>
  import(join(packageFile('src/console/public'), file));
const { createPilotBridge } = (await load('pilot-bridge.js')) as {
  createPilotBridge: (dji: unknown) => unknown;
};
const { logControllerIn } = (await load('pilot-login.js')) as { logControllerIn: LogIn };
const { PILOT_TEXTS } = (await load('pilot-texts.js')) as { PILOT_TEXTS: Record<string, Texts> };

const PLATFORM = {
  platform: '烽燧',
  workspaceId: 'e3dea0f5-37f2-8d79-8e58-490af3228069',
  appId: '123456',
  appKey: 'key',
  appLicense: 'licence',
};
const THING = { host: 'tcp://10.0.0.1:1883', username: '4LFCL5T001RC', password: 'secret' };

let fake: FakePilot;
let steps: string[];
let asked: [string, unknown][];
let waits: number;

beforeEach(() => {
  fake = runInNewContext(FAKE_PILOT, { setTimeout }) as FakePilot;
  fake.callbacks = {};
  steps = [];
  asked = [];
  waits = 0;
});

const logIn = () =>
  logControllerIn({
    bridge: createPilotBridge(fake.bridge),
    request: async (path, options) => {
      asked.push([path, options?.body]);
      return path === 'pilot' ? PLATFORM : THING;
    },
    token: () => 'token',
    origin: 'http://10.0.0.1:8080',
    onStep: (step) => steps.push(step),
    globals: fake.callbacks,
    wait: async () => {
      waits += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
    },
  });

describe('a controller logs in', () => {
  it('in the order Pilot 2 wants, and hands it the login of its serial number', async () => {
    expect(await logIn()).toBe(fake.sn);
    expect(asked).toEqual([
      ['pilot', undefined],
      ['pilot/login', { gatewaySn: fake.sn }],
    ]);
    expect(steps).toEqual(['licence', 'controller', 'platform', 'login', 'thing']);
    const done = fake.calls.filter(([name]) => !name.startsWith('platformIs'));
    expect(done.slice(0, 6).map(([name, ...args]) => [name, ...args])).toEqual([
      ['platformVerifyLicense', '123456', 'key', 'licence'],
      ['platformGetRemoteControllerSN'],
      ['platformSetWorkspaceId', PLATFORM.workspaceId],
      ['platformSetInformation', '烽燧', '烽燧', ''],
      [
        'platformLoadComponent',
        'api',
        JSON.stringify({ host: 'http://10.0.0.1:8080', token: 'token' }),
      ],
      [
        'platformLoadComponent',
        'thing',
        JSON.stringify({ ...THING, connectCallback: 'fengsuiConnected' }),
      ],
    ]);
  });

  it('again when an external broker did not know the new login yet', async () => {
    let tries = 0;
    fake.connects = () => {
      tries += 1;
      return tries > 2;
    };
    await logIn();
    expect(waits).toBe(3);
    expect(fake.calls.filter(([name]) => name === 'thingConnect')).toEqual([
      ['thingConnect', THING.username, THING.password, 'fengsuiConnected'],
      ['thingConnect', THING.username, THING.password, 'fengsuiConnected'],
    ]);
  });

  it('with the old connection ended first', async () => {
    await logIn();
    fake.calls.length = 0;
    await logIn();
    const names = fake.calls.map(([name]) => name);
    expect(names.indexOf('platformUnloadComponent')).toBeLessThan(
      names.lastIndexOf('platformLoadComponent'),
    );
  });
});

describe('what goes wrong is told by its step', () => {
  it.each([
    ['platformVerifyLicense', 'licence'],
    ['platformGetRemoteControllerSN', 'controller'],
    ['platformSetWorkspaceId', 'platform'],
  ])('%s', async (call, step) => {
    fake.refuse[call] = 'no';
    await expect(logIn()).rejects.toMatchObject({ step, message: 'no (6)' });
    expect(asked.map(([path]) => path)).not.toContain('pilot/login');
  });

  it('no connection, after some time', async () => {
    fake.connects = () => false;
    await expect(logIn()).rejects.toMatchObject({ step: 'thing', message: THING.host });
    expect(waits).toBe(15);
  });

  it('no serial number', async () => {
    fake.sn = '';
    await expect(logIn()).rejects.toMatchObject({ step: 'controller' });
  });

  it('in both languages', () => {
    const [zh, en] = [PILOT_TEXTS['zh-CN'], PILOT_TEXTS.en];
    expect(Object.keys(en ?? {})).toEqual(Object.keys(zh ?? {}));
    for (const texts of [zh, en]) {
      expect(Object.keys(texts?.step ?? {})).toEqual([
        'licence',
        'controller',
        'platform',
        'login',
        'thing',
      ]);
      expect(Object.keys(texts?.failed ?? {}).toSorted()).toEqual([
        'api',
        'controller',
        'licence',
        'platform',
        'thing',
      ]);
    }
  });
});
