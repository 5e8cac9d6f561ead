import { h, rememberFocus } from './dom.js';
import { clockTime } from './format.js';
import { pictureBlob } from './http.js';
import { currentLanguage, t } from './texts.js';

/** Of each source; who wants to see more looks at the newest first anyway. */
const SHOWN = 4;
/** Thumbnails kept while the page is drawn anew with every event; some 15 KB each. */
const KEPT = 100;
/** A picture comes, is fetched and made small within so long of its detection, or much later. */
const AWAITED_MS = 60_000;

/** The pictures of these detections, newest first; one that shows several detections comes once. */
export const picturesOf = (frames) => {
  const all = new Map();
  for (const { observedAt, images = [] } of frames) {
    for (const image of images) {
      if (!all.has(image.id)) all.set(image.id, { ...image, observedAt });
    }
  }
  return [...all.values()];
};

/** Whether it is worth looking again soon: a detection is new, and its picture or the thumbnail is not there yet. */
export const awaitsPictures = (detections, now) =>
  detections.some(
    ({ receivedAt, images = [] }) =>
      now - Date.parse(receivedAt) < AWAITED_MS &&
      (images.length === 0 ||
        images.some(({ thumbnailUrl, problem }) => thumbnailUrl === null && problem === null)),
  );

/** The newest pictures of a source side by side, else why there is none; null where there is nothing to say. */
export const pictureStrip = (frames, deviceId) => {
  const pictures = picturesOf(frames).slice(0, SHOWN);
  if (pictures.length > 0) {
    return h(
      'div',
      { class: 'pictures' },
      pictures.map((picture) => thumbnail(picture, deviceId)),
    );
  }
  const problem = frames.find(({ imageProblem }) => imageProblem)?.imageProblem;
  return problem === undefined ? null : h('p', { class: 'none' }, `${t().picture}: ${problem}`);
};

const thumbnail = ({ id, url, thumbnailUrl, problem, observedAt }, deviceId) => {
  const time = clockTime(observedAt, currentLanguage());
  const name = `${t().picture} ${deviceId} ${time}`;
  const shown = thumbnailUrl === null ? t().picture : h('img', { alt: name });
  if (thumbnailUrl !== null) {
    kept(thumbnailUrl).then(
      (src) => {
        shown.src = src;
      },
      () => shown.replaceWith(t().pictureMissing),
    );
  }
  return h(
    'button',
    {
      type: 'button',
      'data-act': `picture:${id}`,
      'aria-label': name,
      title: problem ?? time,
      onclick: () => showLarge(url, name),
    },
    shown,
  );
};

const objectUrls = new Map();

const kept = (url) => {
  const known = objectUrls.get(url) ?? pictureBlob(url).then((blob) => URL.createObjectURL(blob));
  // What was drawn last leaves last.
  objectUrls.delete(url);
  objectUrls.set(url, known);
  known.catch(() => objectUrls.delete(url));
  const [oldest] = objectUrls.keys();
  if (objectUrls.size > KEPT) {
    objectUrls.get(oldest).then(
      (src) => URL.revokeObjectURL(src),
      () => undefined,
    );
    objectUrls.delete(oldest);
  }
  return known;
};

/** The whole picture over the page, until Escape or a tap. */
const showLarge = (url, name) => {
  const restoreFocus = rememberFocus();
  const image = h('img', { alt: name });
  const close = h('button', { type: 'button', onclick: () => dialog.close() }, t().close);
  const dialog = h('dialog', { class: 'picture', 'aria-label': name }, image, close);
  const loading = pictureBlob(url).then((blob) => {
    image.src = URL.createObjectURL(blob);
  });
  loading.catch(() => image.replaceWith(t().pictureMissing));
  image.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => {
    dialog.remove();
    URL.revokeObjectURL(image.src);
    restoreFocus();
  });
  document.body.append(dialog);
  dialog.showModal();
};
