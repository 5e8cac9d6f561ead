import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageFile } from '../../../src/shared/package-root.ts';

type Place = { id: string; path: string };
const { readCoordinates, matchPlaces, newReportId } = (await import(
  join(packageFile('src/console/public'), 'report-input.js')
)) as {
  readCoordinates: (text: string) => { lon: number; lat: number } | undefined;
  matchPlaces: (places: readonly Place[], text: string, limit: number) => Place[];
  newReportId: () => string;
};

describe('a position that somebody types', () => {
  it.each([
    '113.2692, 26.7091',
    '26.7091,113.2692',
    '113.2692 26.7091',
    ' 113.2692°，26.7091° ',
    '１１３.2692，26.7091',
  ])('%s', (text) => {
    expect(readCoordinates(text)).toEqual({ lon: 113.2692, lat: 26.7091 });
  });

  it.each(['', '113.2692', '113,2692,26,7091', 'x, y', '113.2, 126.7', '1132, 26'])(
    '"%s" is none',
    (text) => {
      expect(readCoordinates(text)).toBeUndefined();
    },
  );
});

it('a village is found by parts of its path, the shortest path first', () => {
  const places = [
    { id: 'v1', path: '安仁县 灵官镇 龙溪村' },
    { id: 'v2', path: '安仁县 龙海镇 龙溪村' },
    { id: 't', path: '安仁县 龙海镇' },
  ];
  const ids = (text: string) => matchPlaces(places, text, 2).map(({ id }) => id);
  expect(ids('龙溪')).toEqual(['v1', 'v2']);
  expect(ids('龙海 龙溪')).toEqual(['v2']);
  expect(ids('龙海镇龙溪村')).toEqual(['v2']);
  expect(ids('龙海')).toEqual(['t', 'v2']);
  expect(ids('  ')).toEqual([]);
});

it('an id is a UUID, each time another', () => {
  expect(newReportId()).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(newReportId()).not.toBe(newReportId());
});
