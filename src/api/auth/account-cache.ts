import type { Clock } from '../../shared/clock.ts';
import type { Account } from './account-store.ts';

/** A dismissed person's token works for at most this long; shorter costs a query on nearly every request. */
const MAX_AGE_MS = 10_000;
/** Far above any county's staff; keeps a flood of odd names from growing the map. */
const MAX_ENTRIES = 10_000;

export type AccountCache = {
  find(username: string): Promise<Account | undefined>;
  /** The next `find` reads the table: call it after changing the account here. */
  forget(username: string): void;
};

/** Accounts as they were at most 10 s ago; requests that ask at the same time share one query. */
export const createAccountCache = (
  load: (username: string) => Promise<Account | undefined>,
  clock: Clock,
): AccountCache => {
  const entries = new Map<string, { readAt: number; account: Promise<Account | undefined> }>();
  return {
    find(username) {
      const nowMs = clock.now().getTime();
      const known = entries.get(username);
      if (known !== undefined && nowMs - known.readAt < MAX_AGE_MS) return known.account;
      if (entries.size >= MAX_ENTRIES) entries.clear();
      const account = load(username);
      const entry = { readAt: nowMs, account };
      entries.set(username, entry);
      account.catch(() => {
        if (entries.get(username) === entry) entries.delete(username);
      });
      return account;
    },
    forget: (username) => void entries.delete(username),
  };
};
