import type { BenchService } from './bench-service.ts';
import { pause, startChild } from './child.ts';
import { startFirehose } from './firehose.ts';

const WARM_UP_MS = 3_000;
const MEASURE_MS = 8_000;

export type TelemetryRates = { persistedPerS: number; barePerS: number };

/**
 * Telemetry messages a second that end as rows in PostgreSQL, beside those a bare MQTT.js subscriber of a
 * bare broker parses, with the same senders on the same machine. Each is measured twice, in turn, and the
 * mean taken: on a shared machine the second half of a run is often not as fast as the first.
 */
export const benchTelemetry = async (service: BenchService): Promise<TelemetryRates> => {
  const bare: number[] = [];
  const persisted: number[] = [];
  for (let turn = 0; turn < 2; turn += 1) {
    bare.push(await bareRate());
    persisted.push(await persistedRate(service));
  }
  return { persistedPerS: mean(persisted), barePerS: mean(bare) };
};

const mean = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;

const persistedRate = async (service: BenchService): Promise<number> => {
  const firehose = await startFirehose(service.drones);
  await pause(WARM_UP_MS);
  const rate = await rateOf(() => service.persisted());
  await firehose.stop();
  // Let it write what it has taken, so that the next measurement starts from rest.
  for (let before = -1, now = 0; now !== before; now = await service.persisted()) {
    before = now;
    await pause(1_000);
  }
  return rate;
};

const bareRate = async (): Promise<number> => {
  const broker = await startChild('test/bench/bare-broker.ts', []);
  const port = Number(broker.first);
  const subscriber = await startChild('test/bench/bare-subscriber.ts', [
    `mqtt://127.0.0.1:${port}`,
  ]);
  const targets = Array.from({ length: 15 }, (_, n) => ({
    host: '127.0.0.1',
    port,
    username: `drone-${n + 1}`,
    password: 'x',
    topic: `fengsui/v1/drone/drone-${n + 1}/telemetry`,
  }));
  const firehose = await startFirehose(targets);
  await pause(WARM_UP_MS);
  const rate = await rateOf(async () => Number(subscriber.last()));
  await firehose.stop();
  await subscriber.stop();
  await broker.stop();
  return rate;
};

const rateOf = async (count: () => Promise<number>): Promise<number> => {
  const [first, started] = [await count(), performance.now()];
  await pause(MEASURE_MS);
  return (((await count()) - first) / (performance.now() - started)) * 1000;
};
