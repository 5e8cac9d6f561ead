import mqtt from 'mqtt';
import type { BenchService } from './bench-service.ts';
import { pause } from './child.ts';
import { startFirehose } from './firehose.ts';

/** Five times what the model county sends (139 cameras and 15 drones at one message a second). */
export const LOAD_PER_S = 800;
const ALERTS = 200;
/** Alerts that follow each other faster to one person are held for 150 ms to go together; that is not what is measured. */
const APART_MS = 160;

export type Latency = { p50Ms: number; p99Ms: number; maxMs: number };

/** From PUBLISH of a detection to submit_sm at the SMS centre: each alert opens an incident of its own. */
export const benchAlert = async (
  service: BenchService,
): Promise<{ idle: Latency; loaded: Latency }> => {
  const { url, username, password } = service.camera;
  const camera = await mqtt.connectAsync(url, { username, password, protocolVersion: 4 });
  let next = 0;
  const alert = async (): Promise<number> => {
    next += 1;
    const n = next;
    const before = service.smsc.messages.length;
    const started = performance.now();
    await camera.publishAsync(
      'fengsui/v1/camera/cam-1/detection',
      JSON.stringify({
        id: `bench-${n}`,
        at: new Date().toISOString(),
        kind: 'smoke',
        confidence: 0.9,
        lon: 113 + (n % 25) * 0.05,
        lat: 26 + Math.floor(n / 25) * 0.05,
      }),
      { qos: 1 },
    );
    await service.smsc.waitForSms((sms) => service.smsc.messages.indexOf(sms) >= before, 30_000);
    return performance.now() - started;
  };
  const series = async (count: number): Promise<number[]> => {
    const times: number[] = [];
    for (let i = 0; i < count; i += 1) {
      times.push(await alert());
      await pause(APART_MS);
    }
    return times;
  };
  await series(20);
  const idle = latencyOf(await series(ALERTS));
  const firehose = await startFirehose(service.drones, { ratePerS: LOAD_PER_S });
  const loaded = latencyOf(await series(ALERTS));
  await firehose.stop();
  await camera.endAsync();
  return { idle, loaded };
};

const latencyOf = (times: number[]): Latency => {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (q: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
  return { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
};
