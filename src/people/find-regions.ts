import { DEFAULT_REGION_ID, type Region } from './region.ts';
import type { RegionLookup } from './region-index.ts';

const plain = (text: string): string => text.normalize('NFKC').replace(/\s+/g, '').toLowerCase();

/**
 * The regions somebody may mean by a name: those called so, alone or after what they lie in (龙溪村, 灵官镇龙溪村); where
 * there is none, those whose name holds it (龙溪). Pure.
 */
export const findRegions = (
  regions: Pick<RegionLookup, 'all' | 'placeNames'>,
  name: string,
): Region[] => {
  const wanted = plain(name);
  if (wanted === '') return [];
  const named = regions.all().filter(({ id }) => id !== DEFAULT_REGION_ID);
  const called = named.filter((region) => {
    const own = plain(region.name);
    if (own === wanted) return true;
    return wanted.endsWith(own) && plain(regions.placeNames(region.id).join('')).endsWith(wanted);
  });
  return called.length > 0 ? called : named.filter((region) => plain(region.name).includes(wanted));
};
