/** A provider as it stands when a message is about to be sent. */
export type Standing = {
  name: string;
  /** Its breaker lets a call through, and it has not asked for a pause that still lasts. */
  admits: boolean;
  /** The call would be the trial after an outage. */
  isTrial: boolean;
  /** It says itself that it cannot send now. */
  hasTrouble: boolean;
};

/** What has become of a message so far. */
export type Past = {
  /** How often each provider failed with it. */
  failed: Readonly<Record<string, number>>;
  /** Providers that will never take it. */
  refusedBy: readonly string[];
  /** It must not be what finds out whether a provider is back, as long as another one works. */
  urgent: boolean;
};

/**
 * The provider a message goes to next: first those that can send as far as is known, then those that failed with it least,
 * then in order of preference. One that says it cannot send is called only where there is no other. Undefined when none may
 * be called now.
 */
export const rankProviders = (standings: readonly Standing[], past: Past): string | undefined => {
  const usable = standings.filter(({ name, admits }) => admits && !past.refusedBy.includes(name));
  const rank = ({ name, hasTrouble, isTrial }: Standing): number[] => [
    hasTrouble ? 1 : 0,
    past.urgent && isTrial ? 1 : 0,
    past.failed[name] ?? 0,
  ];
  // The sort is stable: what ranks alike keeps its order of preference.
  return usable.toSorted((a, b) => compare(rank(a), rank(b)))[0]?.name;
};

const compare = (a: readonly number[], b: readonly number[]): number => {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};
