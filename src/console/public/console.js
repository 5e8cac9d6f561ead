import { prepareSound, ring, soundWanted, switchSound } from './alarm.js';
import { createBoard } from './board.js';
import { createDeviceButton } from './device-health.js';
import { byId } from './dom.js';
import { createDutyButton } from './duty-button.js';
import { clockTime } from './format.js';
import { forgetToken, login, request, token } from './http.js';
import { knowsPlace, loadPlaces } from './places.js';
import { createPushButton } from './push-button.js';
import { askForReport } from './report-dialog.js';
import { followStream } from './stream.js';
import { currentLanguage, switchLanguage, t } from './texts.js';

const COMMAND_ROLES = ['duty_officer', 'dispatcher', 'admin'];
const REPORT_ROLES = ['operator', ...COMMAND_ROLES];
const TOAST_MS = 4_000;
/** A reconnect that takes a moment is not worth a red banner. */
const BANNER_DELAY_MS = 3_000;

let stream;
let link = 'connecting';
let lastHeard = new Date();
let bannerTimer;
let toastTimer;

const toast = (text) => {
  byId('toast').textContent = text;
  byId('toast').hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => {
    byId('toast').hidden = true;
  }, TOAST_MS);
};

const onFailed = (error) => {
  if (error.status === 401) leave(t().expired);
  else toast(error.status === 0 ? t().unreachable : t().failed(error.message));
};

const board = createBoard({ toast, onFailed, onNews: () => ring() });
const push = createPushButton({ toast, onFailed });
const devices = createDeviceButton({ onFailed });
const duty = createDutyButton({ onFailed });

/** `#incident=…` is where a notification leads; followed once. */
const followLink = async () => {
  const id = new URLSearchParams(location.hash.slice(1)).get('incident');
  if (id === null || token() === null) return;
  history.replaceState(null, '', location.pathname);
  await board.reveal(id);
};

/** What somebody telephones, or sees: a detection like any other. */
const report = async () => {
  const taken = await askForReport();
  if (taken === undefined) return;
  const { report: texts } = t();
  const said = taken.opened ? texts.opened(taken.number) : texts.joined(taken.number);
  toast(taken.photoProblem === undefined ? said : `${said} ${texts.noPhoto(taken.photoProblem)}`);
  await board.reveal(taken.incidentId);
};

const showLink = (state) => {
  link = state;
  const pill = byId('link');
  pill.className = `link ${state}`;
  byId('link-text').textContent = t()[state];
  clearTimeout(bannerTimer);
  if (state === 'live') byId('banner').hidden = true;
  if (state !== 'lost') return;
  const since = clockTime(lastHeard.toISOString(), currentLanguage());
  bannerTimer = setTimeout(() => {
    byId('banner').textContent = t().lostBanner(since);
    byId('banner').hidden = false;
  }, BANNER_DELAY_MS);
};

const onEvent = (event) => {
  lastHeard = new Date();
  board.take(event);
  if (!knowsPlace(event.incident.regionId)) {
    loadPlaces().then(
      () => board.redraw(),
      () => undefined,
    );
  }
};

/** The list is read once the stream stands, so that nothing can happen between the two unseen. */
const onOpen = () => {
  showLink('live');
  board.load().then(followLink, onFailed);
};

const enter = async () => {
  try {
    const me = await request('auth/me');
    board.setCommander(me.roles.some((role) => COMMAND_ROLES.includes(role)));
    await loadPlaces();
    // A village can be chosen only now.
    byId('report').hidden = !me.roles.some((role) => REPORT_ROLES.includes(role));
    void push.enter(me);
    devices.enter();
    duty.enter();
  } catch (error) {
    if (error.status === 401) return leave(t().expired);
    toast(t().unreachable);
    setTimeout(() => void enter(), 3_000);
    return;
  }
  byId('login').hidden = true;
  for (const id of ['board', 'logout', 'sound', 'link']) byId(id).hidden = false;
  showLink('connecting');
  stream?.stop();
  stream = followStream({
    token: token(),
    onOpen,
    onEvent,
    onLost() {
      if (link === 'live') lastHeard = new Date();
      if (link !== 'lost') showLink('lost');
    },
    onRefused: () => leave(t().expired),
  });
};

const leave = (message) => {
  stream?.stop();
  stream = undefined;
  forgetToken();
  board.clear();
  push.leave();
  devices.leave();
  duty.leave();
  clearTimeout(bannerTimer);
  for (const id of ['board', 'logout', 'sound', 'link', 'banner', 'report']) {
    byId(id).hidden = true;
  }
  byId('login').hidden = false;
  showLoginError(message);
  byId('login').elements.namedItem('username').focus();
};

const showLoginError = (message) => {
  byId('login-error').hidden = message === undefined;
  byId('login-error').textContent = message ?? '';
};

const loginMessage = (error) => {
  if (error.status === 401) return t().wrongPassword;
  if (error.status === 429) return t().tooMany(error.retryAfterS);
  return error.status === 0 ? t().unreachable : t().failed(error.message);
};

const submitLogin = async (form) => {
  const button = form.querySelector('button');
  const fields = new FormData(form);
  button.disabled = true;
  showLoginError(undefined);
  try {
    await login(fields.get('username'), fields.get('password'));
    form.reset();
    await enter();
  } catch (error) {
    showLoginError(loginMessage(error));
  }
  button.disabled = false;
};

byId('login').addEventListener('submit', (event) => {
  event.preventDefault();
  prepareSound();
  void submitLogin(event.currentTarget);
});

const translate = () => {
  document.documentElement.lang = currentLanguage();
  for (const element of document.querySelectorAll('[data-text]')) {
    element.textContent = t()[element.getAttribute('data-text')];
  }
  byId('language').textContent = currentLanguage() === 'en' ? '中文' : 'English';
  byId('language').lang = currentLanguage() === 'en' ? 'zh-CN' : 'en';
  byId('sound').textContent = soundWanted() ? t().soundOn : t().soundOff;
  byId('link-text').textContent = t()[link];
  byId('report').textContent = t().report.title;
  push.redraw();
  devices.redraw();
  duty.redraw();
  board.redraw();
};

byId('language').addEventListener('click', () => {
  switchLanguage();
  translate();
});
byId('sound').addEventListener('click', () => {
  prepareSound();
  switchSound();
  translate();
});
byId('report').addEventListener('click', () => void report());
byId('logout').addEventListener('click', () => leave(undefined));
addEventListener('hashchange', () => void followLink());
// A notification was opened while the page stood somewhere. (Without HTTPS there are no service workers.)
navigator.serviceWorker?.addEventListener('message', ({ data }) => {
  if (typeof data?.incidentId === 'string' && token() !== null) void board.reveal(data.incidentId);
});
addEventListener('online', () => stream?.retryNow());
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) stream?.retryNow();
});
addEventListener('pointerdown', prepareSound, { once: true });

translate();
if (token() === null) leave(undefined);
else void enter();
