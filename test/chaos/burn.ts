import { setTimeout as delay } from 'node:timers/promises';
import type { Crasher } from './crasher.ts';
import type { DeliverySite } from './delivery-site.ts';
import type { CrashKind } from './kill-plan.ts';
import { type Fire, reportFire } from './report-fires.ts';

export type BurnOptions = {
  site: DeliverySite;
  fires: readonly Fire[];
  crasher: Crasher;
  /** What is killed in turn, and how long before it the pause is. */
  plan: readonly { kind: CrashKind | undefined; gapMs: number }[];
  print: (line: string) => void;
  signal: AbortSignal;
};

/** After that nothing more is killed, however many were asked for: a busy machine must not make it endless. */
const KILL_FOR_MS = 12 * 60_000;
const PROGRESS_MS = 10_000;
const POLL_MS = 20;

/** Fires and kills side by side, at the same pace: however long a victim takes to come back, there is work when it dies. */
export const burn = async (options: BurnOptions): Promise<void> => {
  const { site, fires, crasher, plan, print, signal } = options;
  const begun = Date.now();
  let reported = 0;
  let turn = { index: 0, since: begun };

  /** How much of the run is over, 0 to 1. */
  const progress = (): number => {
    const gapMs = plan[turn.index]?.gapMs ?? 0;
    const part = Math.min(1, (Date.now() - turn.since) / Math.max(1, gapMs));
    return Math.min(1, (turn.index + part) / plan.length);
  };

  const killAll = async (): Promise<void> => {
    for (const [index, { kind, gapMs }] of plan.entries()) {
      if (Date.now() - begun > KILL_FOR_MS) break;
      turn = { index, since: Date.now() };
      await delay(gapMs, undefined, { signal });
      if (kind !== undefined) await crasher.crash(kind);
    }
    turn = { index: plan.length, since: Date.now() };
  };
  const reportAll = async (): Promise<void> => {
    const reports: Promise<void>[] = [];
    for (const fire of fires) {
      while (progress() < fire.at) await delay(POLL_MS, undefined, { signal });
      const report = reportFire(site.api, fire).then(() => {
        reported += 1;
      });
      // Looked at below; until then a failure must not end the process.
      report.catch(() => undefined);
      reports.push(report);
    }
    await Promise.all(reports);
  };

  const told = setInterval(() => {
    const up = site.workers.filter((worker) => worker.upMs() > 0).length;
    const after = ((Date.now() - begun) / 1_000).toFixed(0).padStart(4);
    print(
      `${after} s: ${reported} of ${fires.length} fires reported, ${site.smsc.messages.length} SMS, ${crasher.crashes.length} crashes, ${up} of ${site.workers.length} processes up`,
    );
  }, PROGRESS_MS);
  try {
    await Promise.all([reportAll(), killAll()]);
    await crasher.recovered();
  } finally {
    clearInterval(told);
  }
};
