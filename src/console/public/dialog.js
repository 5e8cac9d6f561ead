import { h, rememberFocus } from './dom.js';
import { t } from './texts.js';

let count = 0;

/** Shows a dialog until it is closed, then removes it, gives the focus back and calls `onClosed`. */
export const showDialog = (dialog, onClosed) => {
  const restoreFocus = rememberFocus();
  dialog.addEventListener('close', () => {
    dialog.remove();
    restoreFocus();
    onClosed();
  });
  document.body.append(dialog);
  dialog.showModal();
};

/**
 * Asks in a dialog of the browser's own kind: it keeps the focus, and Escape cancels. `choices`: `{value, text}`, of which
 * one is taken. Resolves with the value, true without choices, undefined when cancelled.
 */
export const ask = ({ title, text, choices = [], chosen }) =>
  new Promise((resolve) => {
    const name = `choice-${++count}`;
    let answer;
    const confirm = h(
      'button',
      { type: 'button', class: 'primary', disabled: choices.length > 0 && chosen === undefined },
      t().confirm,
    );
    const dialog = h(
      'dialog',
      { 'aria-labelledby': `${name}-title` },
      h('h2', { id: `${name}-title` }, title),
      text === undefined ? null : h('p', {}, text),
      choices.length === 0 ? null : choiceList(choices, { name, chosen, confirm }),
      h(
        'div',
        { class: 'acts' },
        confirm,
        h('button', { type: 'button', onclick: () => dialog.close() }, t().cancel),
      ),
    );
    confirm.addEventListener('click', () => {
      answer = choices.length === 0 ? true : dialog.querySelector('input:checked')?.value;
      dialog.close();
    });
    showDialog(dialog, () => resolve(answer));
  });

const choiceList = (choices, { name, chosen, confirm }) =>
  h(
    'div',
    { class: 'choices', role: 'radiogroup' },
    choices.map(({ value, text }) =>
      h(
        'label',
        {},
        h('input', {
          type: 'radio',
          name,
          value,
          checked: value === chosen,
          onchange: () => {
            confirm.disabled = false;
          },
        }),
        h('span', {}, text),
      ),
    ),
  );
