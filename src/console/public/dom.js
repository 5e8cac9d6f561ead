/** Builds an element: text is only ever text, so nothing a device sent can become markup. */
export const h = (tag, props = {}, ...children) =>
  fill(document.createElement(tag), props, children);

const SVG = 'http://www.w3.org/2000/svg';
/** The same for SVG. */
export const s = (tag, props = {}, ...children) =>
  fill(document.createElementNS(SVG, tag), props, children);

const fill = (element, props, children) => {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
};

export const byId = (id) => {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element;
};

/**
 * Remembers what has the focus by what it does (`data-act` within `data-id`), because the element itself may be drawn
 * anew meanwhile. Gives it back when called, unless the focus has gone elsewhere.
 */
export const rememberFocus = () => {
  const focused = document.activeElement;
  const act = focused?.getAttribute('data-act');
  const id = focused?.closest('[data-id]')?.getAttribute('data-id');
  return () => {
    if (!act || !id || document.activeElement !== document.body) return;
    document
      .querySelector(`[data-id="${CSS.escape(id)}"] [data-act="${CSS.escape(act)}"]`)
      ?.focus({ preventScroll: true });
  };
};
