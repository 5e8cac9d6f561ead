import { byId } from './dom.js';
import { isPushOn, pushOffer, switchPushOff, switchPushOn } from './push.js';
import { t } from './texts.js';

/** The switch in the bar; there only where the person can be alerted in this browser. */
export const createPushButton = ({ toast, onFailed }) => {
  const button = byId('push');
  let offer = null;
  let on = false;

  const redraw = () => {
    button.hidden = offer === null;
    button.textContent = on ? t().pushOn : t().pushOff;
    button.setAttribute('aria-pressed', String(on));
  };

  const change = async () => {
    button.disabled = true;
    try {
      if (on) {
        await switchPushOff();
        on = false;
      } else {
        on = await switchPushOn(offer);
        toast(on ? t().pushWorks : t().pushRefused);
      }
    } catch (error) {
      // The push service of the browser's maker cannot be reached, or ours; only ours has a status.
      if (error.status === undefined) toast(t().pushFailed(error.message));
      else onFailed(error);
    }
    button.disabled = false;
    redraw();
  };
  button.addEventListener('click', () => void change());

  return {
    redraw,
    /** Somebody has logged in. */
    async enter(me) {
      offer = null;
      on = false;
      try {
        offer = await pushOffer(me);
        on = offer !== null && (await isPushOn(offer));
      } catch {
        // Alerts still come over all other channels; the switch says that they do not come here.
      }
      redraw();
    },
    leave() {
      offer = null;
      redraw();
    },
  };
};
