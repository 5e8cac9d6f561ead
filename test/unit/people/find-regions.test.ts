import { expect, it } from 'vitest';
import { findRegions } from '../../../src/people/find-regions.ts';
import { createRegionLookup } from '../../../src/people/index.ts';

const region = (id: string, name: string, parentId: string | null) => ({
  id,
  name,
  level: 'village' as const,
  parentId,
  code: id,
  geometry: null,
  properties: {},
});
const regions = createRegionLookup([
  region('county', '安仁县', null),
  region('t1', '灵官镇', 'county'),
  region('t2', '龙海镇', 'county'),
  region('v1', '龙溪村', 't1'),
  region('v2', '龙溪村', 't2'),
  region('v3', '龙溪新村', 't2'),
  region('default', 'default', null),
]);

it.each([
  ['龙溪村', ['v1', 'v2']],
  ['灵官镇龙溪村', ['v1']],
  ['安仁县 龙海镇 龙溪村', ['v2']],
  ['龙溪新', ['v3']],
  ['龙溪', ['v1', 'v2', 'v3']],
  ['灵官镇', ['t1']],
  ['别处龙溪村', []],
  ['default', []],
  ['  ', []],
])('"%s" is %j', (name, ids) => {
  expect(findRegions(regions, name).map(({ id }) => id)).toEqual(ids);
});
