import { isTransient } from '../shared/transient.ts';

/**
 * Gathers what is asked for while others await their answers, and asks for all of it at once: in a burst one round trip, and
 * one commit, serve many. What comes alone does not wait.
 * `run` answers in the order of the items.
 */
export const createBatch = <Item, Answer>(
  run: (items: readonly Item[]) => Promise<readonly Answer[]>,
  /** So many may be under way. */
  atOnce = 2,
): ((item: Item) => Promise<Answer>) => {
  let gathered: Asked<Item, Answer>[] = [];
  let underWay = 0;

  const runGathered = async (): Promise<void> => {
    const batch = gathered;
    gathered = [];
    underWay += 1;
    try {
      const answers = await run(batch.map(({ item }) => item));
      if (answers.length !== batch.length) throw new Error('not one answer for each');
      for (const [index, answer] of answers.entries()) batch[index]?.resolve(answer);
    } catch (error) {
      if (batch.length === 1 || isTransient(error)) for (const { reject } of batch) reject(error);
      else await runEach(batch);
    } finally {
      underWay -= 1;
      if (gathered.length > 0) void runGathered();
    }
  };

  /** One that PostgreSQL will never take must not keep the others from being written. */
  const runEach = async (batch: readonly Asked<Item, Answer>[]): Promise<void> => {
    for (const { item, resolve, reject } of batch) {
      await run([item]).then(([answer]) => resolve(answer as Answer), reject);
    }
  };

  return (item) =>
    new Promise((resolve, reject) => {
      gathered.push({ item, resolve, reject });
      if (underWay < atOnce) void runGathered();
    });
};

type Asked<Item, Answer> = {
  item: Item;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
};
