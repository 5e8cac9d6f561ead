import { request } from './http.js';
import { t } from './texts.js';

const regions = new Map();

/** Names of all regions; a page of them at a time. */
export const loadPlaces = async () => {
  let cursor = '';
  do {
    const page = await request(`regions?geometry=false&limit=500${cursor}`);
    for (const region of page.items) regions.set(region.id, region);
    cursor = page.next === undefined ? '' : `&cursor=${encodeURIComponent(page.next)}`;
  } while (cursor !== '');
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
