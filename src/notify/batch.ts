import { isTransient } from '../shared/transient.ts';

/**
 * Gathers what is asked for while others await their answers, and asks for all of it at once: in a burst one round trip, and
 * one commit, serve many. What comes alone does not wait.
 * `run` answers in the order of the items, `most` of them at a time. What it throws that is not transient says that nothing has
 * been done: each is then asked for by itself. It has to end some time, for all that comes later waits for it.
 */
export const createBatch = <Item, Answer>(
  run: (items: readonly Item[]) => Promise<readonly Answer[]>,
  most = 100,
): ((item: Item) => Promise<Answer>) => {
  const gathered: Asked<Item, Answer>[] = [];
  let underWay = false;

  const runGathered = async (): Promise<void> => {
    const batch = gathered.splice(0, most);
    underWay = true;
    try {
      const answers = await run(batch.map(({ item }) => item));
      if (answers.length !== batch.length) throw new Error('not one answer for each');
      for (const [index, answer] of answers.entries()) batch[index]?.resolve(answer);
    } catch (error) {
      if (batch.length > 1 && spoilsOne(error)) runEach(batch);
      else for (const { reject } of batch) reject(error);
    }
    underWay = false;
    if (gathered.length > 0) void runGathered();
  };

  const runEach = (batch: readonly Asked<Item, Answer>[]): void => {
    for (const { item, resolve, reject } of batch) {
      run([item]).then(([answer]) => resolve(answer as Answer), reject);
    }
  };

  return (item) =>
    new Promise((resolve, reject) => {
      gathered.push({ item, resolve, reject });
      if (!underWay) void runGathered();
    });
};

/** The same for what has no answer but that it is done. */
export const createWriteBatch = <Item>(
  write: (items: readonly Item[]) => Promise<void>,
): ((item: Item) => Promise<void>) =>
  createBatch(async (items: readonly Item[]) => {
    await write(items);
    return items.map(() => undefined);
  });

/**
 * PostgreSQL's `lock_timeout` for the statements of a batch: a row that somebody keeps locked, such as a process that hangs in
 * the middle of its transaction, holds up the others for so long; then each is tried by itself. Nobody has a reason to lock
 * one for longer.
 */
export const LOCK_TIMEOUT = '200ms';

type Asked<Item, Answer> = {
  item: Item;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
};

/** SQLSTATE lock_not_available (`lock_timeout` has run out) and deadlock_detected: nothing of the statement is kept. */
const IN_THE_WAY: unknown[] = ['55P03', '40P01'];

/** One that PostgreSQL will never take, or that somebody keeps locked, must not keep the others of its batch from being written. */
const spoilsOne = (error: unknown): boolean =>
  !isTransient(error) ||
  (error instanceof Error && 'code' in error && IN_THE_WAY.includes(error.code));
