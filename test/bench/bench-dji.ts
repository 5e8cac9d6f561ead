import { type DjiSender, decodeDjiOsd } from '../../src/ingest/dialects/dji-osd.ts';
import { aircraftOsdPayload, dockOsdPayload } from './dji-osd-payloads.ts';

const RUNS = 20_000;
const BATCHES = 15;

/** What decoding a DJI OSD message costs: bytes in, reading out, the JSON included; the median of batches. */
export const benchDji = (print: (line: string) => void): void => {
  const base = { gatewayId: null, maker: 'dji', laserRadiusM: 30 } as const;
  const cases: [string, Buffer, DjiSender][] = [
    ['aircraft', aircraftOsdPayload, { ...base, id: 'DRONE1', device: 'aircraft' }],
    ['dock', dockOsdPayload, { ...base, id: 'DOCK1', device: 'dock' }],
  ];
  for (const [name, payload, sender] of cases) {
    const at = new Date();
    const perMessageUs: number[] = [];
    for (let batch = 0; batch < BATCHES; batch += 1) {
      const started = performance.now();
      for (let i = 0; i < RUNS; i += 1) {
        if (decodeDjiOsd(payload, sender, at).kind !== 'telemetry') throw new Error('not decoded');
      }
      perMessageUs.push(((performance.now() - started) / RUNS) * 1000);
    }
    const median = perMessageUs.toSorted((a, b) => a - b)[Math.floor(BATCHES / 2)] ?? Number.NaN;
    print(
      `dji: ${name} OSD of ${String(payload.length)} bytes: ${median.toFixed(1)} µs to decode (target: under 30 µs)`,
    );
  }
};
