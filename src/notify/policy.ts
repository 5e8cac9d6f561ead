import type { Policy } from '../shared/county-config.ts';

/**
 * The policy of the nearest region in the chain that has one, else the default (`regionIds: []`). Of two that name the
 * same region the first counts. The configuration guarantees a default.
 */
export const policyFor = (
  policies: readonly Policy[],
  regionChain: readonly string[],
): Policy | undefined => {
  for (const regionId of regionChain) {
    const own = policies.find((policy) => policy.regionIds.includes(regionId));
    if (own !== undefined) return own;
  }
  return policies.find((policy) => policy.regionIds.length === 0);
};
