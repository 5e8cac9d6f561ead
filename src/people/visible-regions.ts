import { AppError } from '../shared/app-error.ts';
import type { User } from '../shared/http.ts';
import type { RegionLookup } from './region-index.ts';

/** The regions whose incidents a user sees: those he or she is responsible for and all below. Null = every region. */
export const visibleRegions = (
  user: Pick<User, 'regionIds'>,
  regions: Pick<RegionLookup, 'descendants'>,
): Set<string> | null =>
  user.regionIds.length === 0 || user.regionIds.includes('default')
    ? null
    : regions.descendants(user.regionIds);

/** The same and everything above: whose officers and shifts matter to the user. Null = every region. */
export const concerningRegions = (
  user: Pick<User, 'regionIds'>,
  regions: Pick<RegionLookup, 'descendants' | 'chain'>,
): Set<string> | null => {
  const visible = visibleRegions(user, regions);
  return visible === null
    ? null
    : new Set([...visible, ...user.regionIds.flatMap((id) => regions.chain(id))]);
};

/** Throws `forbidden` when a region is not one the user sees. */
export const assertSees = (
  user: Pick<User, 'regionIds'>,
  regions: Pick<RegionLookup, 'descendants'>,
  regionId: string,
): void => {
  const visible = visibleRegions(user, regions);
  if (visible === null || visible.has(regionId)) return;
  throw new AppError('forbidden', `region "${regionId}" is outside your responsibility`);
};
