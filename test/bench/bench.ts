// `npm run bench` (`npm run bench -- burst` for that part alone): what the service does a second and how long an alert takes, with the yardstick in the same run.
import { cpus, totalmem } from 'node:os';
import { benchAlert, type Latency, LOAD_PER_S } from './bench-alert.ts';
import { type BurstResult, benchBurst } from './bench-burst.ts';
import { benchDji } from './bench-dji.ts';
import { benchMavlink } from './bench-mavlink.ts';
import { benchNearby } from './bench-nearby.ts';
import { startBenchService } from './bench-service.ts';
import { benchTelemetry } from './bench-telemetry.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const rate = (perS: number): string => `${Math.round(perS).toLocaleString('en')}/s`;
const latency = ({ p50Ms, p99Ms, maxMs }: Latency): string =>
  `p50 ${p50Ms.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms, max ${maxMs.toFixed(0)} ms`;

const [cpu] = cpus();
say(
  `${cpus().length} × ${cpu?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node.js ${process.version}`,
);

const burstText = ({ p50Ms, p95Ms, p99Ms, maxMs, sms, cpuMs }: BurstResult): string =>
  `p50 ${p50Ms} ms, p95 ${p95Ms} ms, p99 ${p99Ms} ms, max ${maxMs} ms, in ${sms} SMS, ${cpuMs} ms of CPU`;
say('\n1,000 alerts at once to 50 people, from their commit to the SMS centre’s yes:');
say(`  as configured                 ${burstText(await benchBurst())}`);
say(`  each by itself                ${burstText(await benchBurst(0))}`);
if (process.argv.includes('burst')) process.exit();

say('\nNearby, in process:');
await benchNearby(say);

say('\nDecoding, in process:');
benchDji(say);
benchMavlink(say);

say('\nStarting the service …');
const service = await startBenchService();
try {
  say(
    'Alert to SMS submit (PUBLISH of a detection → submit_sm at the SMS centre), 200 alerts each:',
  );
  const { idle, loaded } = await benchAlert(service);
  say(`  idle                          ${latency(idle)}`);
  say(`  with ${LOAD_PER_S} telemetry messages/s   ${latency(loaded)}`);

  say('\nTelemetry, as fast as it is taken, 15 senders (about a minute) …');
  const { persistedPerS, barePerS } = await benchTelemetry(service);
  say(`  rows in PostgreSQL            ${rate(persistedPerS)}`);
  say(`  bare MQTT.js subscriber       ${rate(barePerS)} (only JSON.parse, nothing kept)`);
  say(`  ratio                         ${(persistedPerS / barePerS).toFixed(2)}`);
} finally {
  await service.stop();
}
