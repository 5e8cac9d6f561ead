import { setImmediate } from 'node:timers/promises';

/** Longer, and an alarm on another connection waits visibly; shorter, and the switching itself costs more than 1 %. */
const SLICE_MS = 8;

/** Work that can pause at each `yield`; what it yields is ignored. */
export type Steps<T> = Generator<void, T, void>;

/** Runs to the end in one go. */
export const runAtOnce = <T>(steps: Steps<T>): T => {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
};

/** Runs in slices of some milliseconds, letting everything else in the process go on in between. */
export const runInSlices = async <T>(steps: Steps<T>): Promise<T> => {
  let sliceEnd = performance.now() + SLICE_MS;
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    if (performance.now() < sliceEnd) continue;
    await setImmediate();
    sliceEnd = performance.now() + SLICE_MS;
  }
};
