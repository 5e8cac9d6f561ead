import { rememberFocus } from './dom.js';

/**
 * Keeps a list of cards current with as little change as can be. A card is built anew only when its `stamp` has changed,
 * the keyboard stays where it was, and nothing moves between the moment a finger goes down and the click it makes.
 */
export const createCardList = (list) => {
  /** @type {Map<string, {stamp: string, element: Element}>} */
  let built = new Map();
  let pressed = false;
  let waiting;

  /** @param {{id: string, stamp: string, build: () => Element}[]} cards in the order they are shown */
  const show = (cards) => {
    if (pressed) {
      waiting = cards;
      return;
    }
    waiting = undefined;
    const restoreFocus = rememberFocus();
    const next = new Map(
      cards.map(({ id, stamp, build }) => {
        const known = built.get(id);
        return [id, known?.stamp === stamp ? known : { stamp, element: build() }];
      }),
    );
    built = next;
    const elements = [...next.values()].map(({ element }) => element);
    const same =
      elements.length === list.children.length &&
      elements.every((element, i) => element === list.children[i]);
    if (same) return;
    list.replaceChildren(...elements);
    restoreFocus();
  };

  const release = () => {
    if (!pressed) return;
    // The click comes right after.
    setTimeout(() => {
      pressed = false;
      if (waiting !== undefined) show(waiting);
    });
  };
  list.addEventListener('pointerdown', () => {
    pressed = true;
  });
  for (const end of ['pointerup', 'pointercancel']) addEventListener(end, release);

  return { show };
};
