import { byId } from './dom.js';
import { openDutyDialog } from './duty-dialog.js';
import { dutyState } from './duty-state.js';
import { request, requestAll } from './http.js';
import { createPolling } from './polling.js';
import { t } from './texts.js';

/** How far on gaps are listed. */
const AHEAD_MS = 7 * 86_400_000;

const readState = async () => {
  const now = Date.now();
  const readTo = new Date(now + AHEAD_MS).toISOString();
  const window = new URLSearchParams({ from: new Date(now).toISOString(), to: readTo });
  const [rostered, { items: gaps }] = await Promise.all([
    requestAll('duty?rostered=true'),
    request(`duty/gaps?${window}`),
  ]);
  const keepsRoster = rostered.length > 0;
  // Without any roster somebody is told all the same: whoever it is for the whole county.
  const regions = keepsRoster ? rostered : (await request('duty?regionId=default')).items;
  return dutyState({ regions, keepsRoster, gaps, now, readTo });
};

/** The button in the bar that counts those on duty, stands out when one is missing or cannot be told, and lists them. */
export const createDutyButton = ({ onFailed }) => {
  const button = byId('duty');
  /** Undefined while nothing may be said, null when it could not be read. */
  let state;
  /** Of whoever is logged in: an answer that comes after that login is nobody's. */
  let login;
  let dialog;

  const redraw = () => {
    const { duty } = t();
    button.hidden = state === undefined;
    button.classList.toggle('wrong', state === null || state?.problems > 0);
    button.textContent = state ? duty.count(state.count, state.problems) : duty.unknown;
    if (state) dialog?.draw(state);
  };

  /** Resolves with whether the answer was wanted still. Whoever may not see it is shown no button. */
  const load = () => {
    const asker = login;
    const take = (answer) => {
      if (asker !== login) return false;
      state = answer;
      redraw();
      return true;
    };
    return readState().then(take, (error) => {
      if (take(error.status === 403 ? undefined : null)) throw error;
      return false;
    });
  };

  const show = () => {
    dialog ??= openDutyDialog(state, () => {
      dialog = undefined;
      button.focus();
    });
  };
  button.addEventListener('click', () => void load().then((wanted) => wanted && show(), onFailed));

  const polling = createPolling(load);
  return {
    redraw,
    enter() {
      login = {};
      polling.start();
    },
    leave() {
      polling.stop();
      login = undefined;
      state = undefined;
      dialog?.close();
      redraw();
    },
  };
};
