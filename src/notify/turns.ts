/** Lets work for the same key run one after the other, in order; work for different keys does not wait for each other. */
export const createTurns = (): { run<T>(key: string, work: () => Promise<T>): Promise<T> } => {
  const last = new Map<string, Promise<unknown>>();
  return {
    async run(key, work) {
      const before = last.get(key) ?? Promise.resolve();
      const mine = before.then(work, work);
      last.set(key, mine);
      try {
        return await mine;
      } finally {
        if (last.get(key) === mine) last.delete(key);
      }
    },
  };
};
