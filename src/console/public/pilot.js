import { byId } from './dom.js';
import { forgetToken, HttpError, login, request, token } from './http.js';
import { createPilotBridge, PilotError } from './pilot-bridge.js';
import { logControllerIn } from './pilot-login.js';
import { PILOT_TEXTS } from './pilot-texts.js';
import { currentLanguage, switchLanguage } from './texts.js';

const POLL_MS = 100;

const t = () => PILOT_TEXTS[currentLanguage()];
const bridge = window.djiBridge === undefined ? undefined : createPilotBridge(window.djiBridge);
/** What is shown, as a function of the texts: it is said again when the language changes. */
let state = () => '';
let failure;

const draw = () => {
  const texts = t();
  document.documentElement.lang = currentLanguage();
  document.title = texts.title;
  for (const element of document.querySelectorAll('[data-text]')) {
    element.textContent = texts[element.dataset.text];
  }
  byId('language').textContent = currentLanguage() === 'en' ? '中文' : 'English';
  byId('state').textContent = state(texts);
  byId('error').hidden = failure === undefined;
  byId('error').textContent = failure?.(texts) ?? '';
};

const show = (nextState, nextFailure) => {
  state = nextState;
  failure = nextFailure;
  draw();
};

const whyFailed = (error) => (texts) => {
  if (error instanceof PilotError) return texts.failed[error.step](error.message);
  if (!(error instanceof HttpError)) return String(error);
  if (error.status === 0) return texts.unreachable;
  if (error.status === 401) return texts.wrongLogin;
  return error.status === 403 ? texts.forbidden(error.message) : texts.refused(error.message);
};

/** Waits so long, or until it is so. */
const wait = async (ms, isSo) => {
  for (let waited = 0; waited < ms && !isSo(); waited += POLL_MS) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
};

const setConnected = (isConnected) => {
  byId('login').hidden = isConnected;
  byId('leave').hidden = !isConnected;
};

const connect = async (form) => {
  show((texts) => texts.signingIn);
  try {
    await login(form.username.value, form.password.value);
    const sn = await logControllerIn({
      bridge,
      request,
      token,
      origin: location.origin,
      onStep: (step) => show((texts) => texts.step[step]),
      globals: window,
      wait,
    });
    setConnected(true);
    show((texts) => texts.connected(sn));
  } catch (error) {
    show(() => '', whyFailed(error));
  } finally {
    // A controller goes from hand to hand: it keeps its own login, not the person's.
    forgetToken();
    form.password.value = '';
  }
};

byId('language').addEventListener('click', () => {
  switchLanguage();
  draw();
});
const submitLogin = async (form) => {
  const button = form.querySelector('button');
  button.disabled = true;
  await connect(form.elements);
  button.disabled = false;
};
byId('login').addEventListener('submit', (event) => {
  event.preventDefault();
  void submitLogin(event.currentTarget);
});
byId('leave').addEventListener('click', () => {
  try {
    bridge.unload();
    setConnected(false);
    show((texts) => texts.left);
  } catch (error) {
    show(state, whyFailed(error));
  }
});

/** Pilot 2 keeps the connection when its page is left: who comes back sees it, and needs no login. */
const wasConnected = () => {
  try {
    return bridge.isConnected();
  } catch {
    return false;
  }
};

if (bridge === undefined) show((texts) => texts.noBridge);
else if (wasConnected()) {
  setConnected(true);
  show((texts) => texts.connectedBefore);
} else {
  setConnected(false);
  draw();
}
