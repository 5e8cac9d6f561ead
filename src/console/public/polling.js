const EVERY_MS = 60_000;

/**
 * Reads something beside the fires now and every minute, from `start` (somebody has logged in) to `stop`. What cannot be
 * read now is tried again, without a word: the fires are what matters.
 */
export const createPolling = (load) => {
  let timer;
  const look = () => void load().catch(() => undefined);
  return {
    start: () => {
      clearInterval(timer);
      timer = setInterval(look, EVERY_MS);
      look();
    },
    stop: () => clearInterval(timer),
  };
};
