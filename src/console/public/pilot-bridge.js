/** What Pilot 2 answered instead of doing it; `step` is what was asked. */
export class PilotError extends Error {
  constructor(step, message) {
    super(message);
    this.step = step;
  }
}

/** Answers are text: `{code, message, data}`, code 0 for done. Some builds hand the object over, and some nothing at all. */
const answered = (step, answer) => {
  if (answer === undefined || answer === null || answer === '') return undefined;
  let said = answer;
  try {
    if (typeof answer === 'string') said = JSON.parse(answer);
  } catch {
    return answer;
  }
  if (said === null || typeof said !== 'object') return said;
  if (said.code !== 0) throw new PilotError(step, `${said.message ?? ''} (${said.code})`.trim());
  return said.data;
};

/** DJI's `window.djiBridge` (JSBridge of Pilot 2) with answers as values. Throws PilotError. */
export const createPilotBridge = (dji) => {
  const isTrue = (value) => value === true || value === 'true';
  const isLoaded = () => isTrue(answered('thing', dji.platformIsComponentLoaded('thing')));
  const load = (name, param) =>
    answered(name, dji.platformLoadComponent(name, JSON.stringify(param)));
  return {
    verify({ appId, appKey, appLicense }) {
      answered('licence', dji.platformVerifyLicense(appId, appKey, appLicense));
      // `{}` is how some builds say yes.
      const verified = answered('licence', dji.platformIsVerified());
      if (verified === false || verified === 'false') throw new PilotError('licence', '');
    },
    controllerSn() {
      const sn = answered('controller', dji.platformGetRemoteControllerSN());
      if (typeof sn !== 'string' || sn === '') throw new PilotError('controller', '');
      return sn;
    },
    show({ workspaceId, platform }) {
      answered('platform', dji.platformSetWorkspaceId(workspaceId));
      answered('platform', dji.platformSetInformation(platform, platform, ''));
    },
    loadApi: (host, token) => load('api', { host, token }),
    /** `callback` is the name of a global function: Pilot 2 calls it with whether it is connected. */
    loadThing: ({ host, username, password }, callback) =>
      load('thing', { host, username, password, connectCallback: callback }),
    reconnect: ({ username, password }, callback) =>
      answered('thing', dji.thingConnect(username, password, callback)),
    isConnected: () => isLoaded() && isTrue(answered('thing', dji.thingGetConnectState())),
    unload() {
      if (isLoaded()) answered('thing', dji.platformUnloadComponent('thing'));
    },
  };
};
