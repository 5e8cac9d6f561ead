import type { DeliveryResult } from './delivery-run.ts';
import { percentile } from './delivery-tally.ts';

/** What must hold of a run; empty when all does. A run of few kills may leave out the mean over them. */
export const faultsOf = (
  result: DeliveryResult,
  { meanOfCrashes = true }: { meanOfCrashes?: boolean } = {},
): string[] => {
  const { tally, crashes, statuses, deaths, fires, incidents } = result;
  const unfinished = (statuses['queued'] ?? 0) + (statuses['sending'] ?? 0);
  const slowest = Math.max(0, ...result.pickUps.aloneMs);
  const rules: [boolean, string][] = [
    [incidents === fires, `${fires} fires became ${incidents} incidents`],
    [tally.lost.length === 0, `${tally.lost.length} lost, such as ${tally.lost[0]}`],
    [tally.unexpected.length === 0, `${tally.unexpected.length} unexpected`],
    [tally.withoutCrash === 0, `${tally.withoutCrash} duplicates without a crash`],
    [
      !meanOfCrashes || crashes.length === 0 || tally.perCrash <= 1,
      `${tally.perCrash.toFixed(2)} duplicates a crash`,
    ],
    [
      tally.mostOfOneNotificationPerCrash <= 1,
      `one crash repeated one notification ${tally.mostOfOneNotificationPerCrash} times`,
    ],
    [tally.notMarked === 0, `${tally.notMarked} duplicates were not marked 重复`],
    [(statuses['failed'] ?? 0) === 0, `${statuses['failed']} given up`],
    [unfinished === 0, `${unfinished} not finished`],
    [slowest <= PICKED_UP_WITHIN_MS, `a killed worker's job was picked up after ${slowest} ms`],
    [deaths.length === 0, `${deaths.length} processes ended by themselves: ${deaths[0]}`],
  ];
  return rules.filter(([holds]) => !holds).map(([, text]) => text);
};

const PICKED_UP_WITHIN_MS = 10_000;

/** The run as a table, one line a figure. */
export const reportDelivery = (result: DeliveryResult): string[] => {
  const { tally, crashes, pickUps, delaysMs } = result;
  const lines: [string, string | number][] = [
    ['notifications', tally.expected],
    ['fires', `${result.fires} (${result.incidents} incidents)`],
    ['SMS at the centre', result.messages],
    ['crashes', crashes.length],
    ...tally.byKind.map(({ kind, crashes: count, duplicates, most }): [string, string] => [
      `  ${kind}`,
      `${count}; duplicates ${duplicates}, most for one crash ${most}`,
    ]),
    ['lost', tally.lost.length],
    [
      'duplicates',
      `${tally.duplicates.length}, marked 重复: ${tally.duplicates.length - tally.notMarked}`,
    ],
    ['  without a crash', tally.withoutCrash],
    ['  per crash', `mean ${tally.perCrash.toFixed(2)}, most ${tally.mostPerCrash}`],
    ['  of one notification', `most for one crash ${tally.mostOfOneNotificationPerCrash}`],
    ['picked up after a kill', spread(pickUps.aloneMs)],
    ['  others away too', spread(pickUps.otherwiseMs)],
    ['opened to centre', spread(delaysMs)],
    ['status at the end', JSON.stringify(result.statuses)],
    ['ended by themselves', result.deaths.length],
    ['took', `${(result.tookMs / 1000).toFixed(0)} s`],
  ];
  return lines.map(([name, value]) => `${name.padEnd(24)}${value}`);
};

const spread = (valuesMs: readonly number[]): string => {
  if (valuesMs.length === 0) return 'none';
  const [p50, p99] = [percentile(valuesMs, 0.5), percentile(valuesMs, 0.99)];
  return `${valuesMs.length}: p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, max ${Math.max(...valuesMs).toFixed(0)} ms`;
};
