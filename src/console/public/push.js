import { request } from './http.js';

const STORED = 'fengsui.push';

/** Whom this browser alerts, and where its push service takes messages: `{personId, endpoint}`, or null. */
const remembered = () => JSON.parse(localStorage.getItem(STORED) ?? 'null');
const remember = (personId, endpoint) =>
  localStorage.setItem(STORED, JSON.stringify({ personId, endpoint }));
const forget = () => localStorage.removeItem(STORED);

/** Without HTTPS (or localhost) there are no service workers. */
const canPush = () =>
  'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');

const currentSubscription = async () => {
  const registration = await navigator.serviceWorker.getRegistration('/');
  return (await registration?.pushManager.getSubscription()) ?? null;
};

/** This browser's subscription to our key; one to a key that was ours before is of no use any more. */
const subscribeHere = async (publicKey) => {
  await navigator.serviceWorker.register('/sw.js');
  const { pushManager } = await navigator.serviceWorker.ready;
  const old = await pushManager.getSubscription();
  const key = old?.options.applicationServerKey;
  if (old !== null && key && base64url(key) !== publicKey) await old.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
};

const send = async (subscription, personId) => {
  await request('push/subscriptions', { method: 'POST', body: subscription.toJSON() });
  remember(personId, subscription.endpoint);
};

const listed = async (endpoint) => {
  const { items } = await request('push/subscriptions');
  return items.find((item) => item.endpoint === endpoint);
};

/** `{personId, publicKey}` where the person may be alerted in this browser; null where there is no such thing. */
export const pushOffer = async ({ personId }) => {
  if (personId === null || !canPush()) return null;
  try {
    const { publicKey } = await request('push/vapid-key');
    return { personId, publicKey };
  } catch (error) {
    // The service does not do it, or cannot be asked now.
    if (error.status === 404 || error.status === 0) return null;
    throw error;
  }
};

/**
 * Whether alerts come to this browser. One that was given a new endpoint by its push service, or whose key has changed, is
 * subscribed anew; one that the service has let go is off.
 */
export const isPushOn = async ({ personId, publicKey }) => {
  const known = remembered();
  if (known?.personId !== personId || Notification.permission !== 'granted') return false;
  const current = await currentSubscription();
  if (current !== null && current.endpoint === known.endpoint) {
    const key = current.options.applicationServerKey;
    if (key && base64url(key) === publicKey) {
      if ((await listed(current.endpoint)) !== undefined) return true;
      forget();
      return false;
    }
  }
  await send(await subscribeHere(publicKey), personId);
  return true;
};

/** Asks the person, then the push service, then ours. False when the person says no. */
export const switchPushOn = async ({ personId, publicKey }) => {
  if ((await Notification.requestPermission()) !== 'granted') return false;
  await send(await subscribeHere(publicKey), personId);
  return true;
};

export const switchPushOff = async () => {
  const current = await currentSubscription();
  const known = remembered();
  const item = await listed(current?.endpoint ?? known?.endpoint);
  if (item !== undefined) await request(`push/subscriptions/${item.id}`, { method: 'DELETE' });
  await current?.unsubscribe();
  forget();
};
