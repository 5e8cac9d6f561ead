import { PilotError } from './pilot-bridge.js';

const CALLBACK = 'fengsuiConnected';
/** An external broker learns of the new login a moment later; Pilot 2 may have been refused before that. */
const RETRY_MS = 3_000;
const CONNECT_WITHIN_MS = 45_000;

/**
 * Logs the controller in, in the order Pilot 2 wants: licence, serial number, platform, connection. `request` asks our
 * API as the person who has logged in; `onStep` is told what is being done. Resolves with the controller's serial
 * number when it is connected; throws PilotError or HttpError.
 */
export const logControllerIn = async ({
  bridge,
  request,
  token,
  origin,
  onStep,
  globals,
  wait,
}) => {
  onStep('licence');
  const platform = await request('pilot');
  bridge.verify(platform);
  onStep('controller');
  const sn = bridge.controllerSn();
  onStep('platform');
  bridge.show(platform);
  bridge.loadApi(origin, token());
  onStep('login');
  const body = { gatewaySn: sn };
  const thing = await request('pilot/login', { method: 'POST', body });
  onStep('thing');
  await connect({ bridge, thing, globals, wait });
  return sn;
};

const connect = async ({ bridge, thing, globals, wait }) => {
  let connected = false;
  globals[CALLBACK] = (state) => {
    connected = state === true || state === 'true';
  };
  // What was loaded before holds an older login.
  bridge.unload();
  bridge.loadThing(thing, CALLBACK);
  for (let waitedMs = 0; waitedMs < CONNECT_WITHIN_MS; waitedMs += RETRY_MS) {
    await wait(RETRY_MS, () => connected || bridge.isConnected());
    if (connected || bridge.isConnected()) return;
    bridge.reconnect(thing, CALLBACK);
  }
  throw new PilotError('thing', thing.host);
};
