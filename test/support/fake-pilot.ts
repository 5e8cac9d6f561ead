/**
 * DJI's JSBridge as Pilot 2 answers it: text in, `{code, message, data}` out. Source text, so that it can stand in a page
 * as well; `window.fakePilot` there, or what it is evaluated to. Connecting succeeds when `connects()` says so.
 */
export const FAKE_PILOT = `(() => {
  const calls = [];
  const loaded = new Map();
  const fake = {
    calls,
    verified: false,
    sn: '4LFCL5T001RC',
    connected: false,
    connects: () => true,
    refuse: {},
    callbacks: globalThis,
  };
  const tell = (name) => setTimeout(() => {
    fake.connected = fake.connects();
    fake.callbacks[name]?.(fake.connected);
  });
  const does = {
    platformVerifyLicense: () => ((fake.verified = true), {}),
    platformIsVerified: () => fake.verified,
    platformGetRemoteControllerSN: () => fake.sn,
    platformSetWorkspaceId: () => ({}),
    platformSetInformation: () => ({}),
    platformIsComponentLoaded: (name) => loaded.has(name),
    platformLoadComponent: (name, param) => {
      loaded.set(name, JSON.parse(param));
      if (name === 'thing') tell(loaded.get(name).connectCallback);
      return {};
    },
    platformUnloadComponent: (name) => (loaded.delete(name), (fake.connected = false), {}),
    thingGetConnectState: () => fake.connected,
    thingConnect: (user, password, callback) => (tell(callback), {}),
  };
  fake.bridge = Object.fromEntries(
    Object.entries(does).map(([name, act]) => [name, (...args) => {
      calls.push([name, ...args]);
      const message = fake.refuse[name];
      if (message !== undefined) return JSON.stringify({ code: 6, message, data: {} });
      return JSON.stringify({ code: 0, message: 'success', data: act(...args) });
    }]),
  );
  return fake;
})()`;

export type FakePilot = {
  calls: [name: string, ...args: string[]][];
  verified: boolean;
  sn: string;
  connected: boolean;
  connects: () => boolean;
  /** Calls that fail, with what is said. */
  refuse: Record<string, string>;
  /** Where the functions are that Pilot 2 is told the names of. */
  callbacks: Record<string, unknown>;
  bridge: Record<string, (...args: string[]) => string>;
};
