import { csvOf } from '../../shared/csv.ts';
import { MEASURED, type ResponseRow } from './response-store.ts';

const HEADER = [
  'regionId',
  'region',
  'incidents',
  'dismissed',
  ...MEASURED.flatMap((act) => [`${act}Count`, `${act}MedianS`, `${act}P90S`]),
];

/** Seconds to a tenth; the last line is all regions together. */
export const responseCsv = (rows: readonly ResponseRow[]): string => {
  const lines = rows.map((row) => [
    row.regionId ?? '',
    row.regionName ?? 'ALL',
    row.incidents,
    row.dismissed,
    ...MEASURED.flatMap((act) => {
      const { count, medianS, p90S } = row[act];
      return [count, tenths(medianS), tenths(p90S)];
    }),
  ]);
  return csvOf(HEADER, lines);
};

const tenths = (seconds: number | null): string => (seconds === null ? '' : seconds.toFixed(1));
