import { requestAll } from './http.js';
import { t } from './texts.js';

const regions = new Map();

/** Names of all regions. */
export const loadPlaces = async () => {
  for (const region of await requestAll('regions?geometry=false')) regions.set(region.id, region);
};

/** Every region that can be named, with its path. */
export const allPlaces = () =>
  [...regions.keys()].filter((id) => id !== 'default').map((id) => ({ id, path: placeName(id) }));

export const knowsPlace = (regionId) => regions.has(regionId);

/** "安仁县 龙海镇": from coarse to fine. */
export const placeName = (regionId) => {
  if (regionId === 'default') return t().everywhere;
  const names = [];
  const seen = new Set();
  for (let id = regionId; regions.has(id) && !seen.has(id); id = regions.get(id).parentId) {
    seen.add(id);
    if (id !== 'default') names.unshift(regions.get(id).name);
  }
  return names.length === 0 ? regionId : names.join(' ');
};
