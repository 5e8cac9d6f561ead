/** Lets `limit` pieces of work run at once; the others wait their turn in order. */
export const createSemaphore = (limit: number): { run<T>(work: () => Promise<T>): Promise<T> } => {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    async run(work) {
      if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
      else running += 1;
      try {
        return await work();
      } finally {
        // The slot is handed on rather than freed, so that nobody slips in between.
        const next = waiting.shift();
        if (next === undefined) running -= 1;
        else next();
      }
    },
  };
};
