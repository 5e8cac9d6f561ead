/**
 * Shows alerts that come by Web Push, also while the page is closed, and tells the service what became of them. A message
 * is what src/notify/web-push/push-payload.ts makes.
 */

/** The service worker has no login; `receipt` came inside the encrypted message. Lost without network, and no harm done. */
const tell = (receipt, event) =>
  fetch('/api/v1/push/receipts', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ receipt, event }),
  }).catch(() => undefined);

/** A browser takes the right to push from those who receive and show nothing, so something is always shown. */
const read = (data) => {
  try {
    return data.json();
  } catch {
    return { title: '烽燧', body: data?.text() ?? '', tag: 'unreadable', urgent: true };
  }
};

const show = async (message) => {
  const { title, body, lang, tag, urgent, incidentId = null, receipt } = message;
  await self.registration.showNotification(title, {
    body,
    lang,
    tag,
    // Later news of the same fire takes the place of the earlier, and is heard all the same.
    renotify: true,
    requireInteraction: urgent,
    vibrate: urgent ? [400, 200, 400, 200, 400] : [200],
    icon: '/icon.svg',
    data: { incidentId, receipt },
  });
  if (receipt !== undefined) await tell(receipt, 'delivered');
};

const openConsole = async (incidentId) => {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const page = windows.find(({ url }) => new URL(url).pathname === '/');
  if (page !== undefined) {
    page.postMessage({ incidentId });
    return page.focus();
  }
  const hash = incidentId === null ? '' : `#incident=${encodeURIComponent(incidentId)}`;
  return self.clients.openWindow(`/${hash}`);
};

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('push', (event) => event.waitUntil(show(read(event.data))));
self.addEventListener('notificationclick', (event) => {
  const { incidentId, receipt } = event.notification.data;
  event.notification.close();
  const told = receipt === undefined ? undefined : tell(receipt, 'read');
  event.waitUntil(Promise.all([told, openConsole(incidentId)]));
});
