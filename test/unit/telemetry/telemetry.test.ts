import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import {
  createBatchWriter,
  createSignBook,
  foldStates,
  NOTHING_READ,
  type SignOfLife,
  type TelemetryReading,
  type TelemetryRow,
} from '../../../src/telemetry/index.ts';

const t0 = new Date('2026-04-05T03:00:00Z');
const at = (s: number): Date => new Date(t0.getTime() + s * 1000);
const row = ({
  receivedAt = t0,
  ...reading
}: Partial<TelemetryReading> & { receivedAt?: Date } = {}): TelemetryRow => ({
  deviceId: 'dock-1',
  receivedAt,
  reading: { observedAt: t0, ...NOTHING_READ, ...reading },
});

describe('foldStates', () => {
  it("merges a dock's partial messages", () => {
    const [state] = foldStates([
      row({ osd: { job_number: 492 } }),
      row({ observedAt: at(1), receivedAt: at(1), osd: { wireless_link: { sdr_quality: 4 } } }),
      row({ observedAt: at(2), receivedAt: at(2), lon: 113.7, lat: 22.9, osd: { mode_code: 1 } }),
    ]);
    expect(state).toMatchObject({ lon: 113.7, lat: 22.9, positionAt: at(2) });
    expect(state?.state.osd).toEqual({
      job_number: 492,
      wireless_link: { sdr_quality: 4 },
      mode_code: 1,
    });
  });

  it('keeps the last known position when a later message has none', () => {
    const [state] = foldStates([
      row({ lon: 113.1, lat: 26.1 }),
      row({ observedAt: at(5), receivedAt: at(5), batteryPct: 70 }),
    ]);
    expect(state).toMatchObject({ lon: 113.1, lat: 26.1, positionAt: t0, observedAt: at(5) });
    expect(state?.state.batteryPct).toBe(70);
  });

  it('remembers since when a gimbal has been silent', () => {
    const later = { observedAt: at(5), receivedAt: at(5), lon: 113.1, lat: 26.1 };
    const [state] = foldStates([
      row({ gimbalPitchDeg: -30, gimbalYawDeg: 90 }),
      row({ ...later, gimbalPitchDeg: -20 }),
    ]);
    expect(state).toMatchObject({ positionAt: at(5), state: { gimbalYawDeg: 90, gimbalAt: t0 } });
  });

  it('orders by the device clock, and does not believe a clock ahead of ours', () => {
    const [state] = foldStates([
      row({ observedAt: at(10), receivedAt: at(10), batteryPct: 60 }),
      row({ observedAt: at(4), receivedAt: at(11), batteryPct: 80 }),
    ]);
    expect(state?.state.batteryPct).toBe(60);
    const [ahead] = foldStates([
      row({ observedAt: new Date('2099-01-01T00:00:00Z'), receivedAt: at(1), batteryPct: 50 }),
      row({ observedAt: at(2), receivedAt: at(2), batteryPct: 49 }),
    ]);
    expect(ahead?.observedAt).toEqual(at(2));
    expect(ahead?.state.batteryPct).toBe(49);
  });
});

describe('the batch writer', () => {
  const logger = pino({ level: 'silent' });
  const options = { onWritten: () => undefined, onDropped: () => undefined, logger };

  it('writes everything on stop', async () => {
    const written: TelemetryRow[] = [];
    const writer = createBatchWriter({
      ...options,
      write: async (rows) => void written.push(...rows),
    });
    await writer.start();
    for (let i = 0; i < 5000; i += 1) void writer.add(row());
    await writer.stop();
    expect(written).toHaveLength(5000);
  });

  it('writes again what failed, in order', async () => {
    const written: number[] = [];
    let failures = 1;
    const writer = createBatchWriter({
      ...options,
      write: async (rows) => {
        if (failures > 0) {
          failures -= 1;
          throw new Error('database away');
        }
        written.push(...rows.map((r) => r.reading.batteryPct ?? -1));
      },
    });
    await writer.start();
    for (let i = 0; i < 10; i += 1) void writer.add(row({ batteryPct: i }));
    await vi.waitFor(() => expect(written).toHaveLength(10), { timeout: 5000 });
    expect(written).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await writer.stop();
  });

  it('drops the one row that can never be stored and keeps the others', async () => {
    const written: (number | null)[] = [];
    const onDropped = vi.fn<(rows: number) => void>();
    const writer = createBatchWriter({
      ...options,
      onDropped,
      write: async (rows) => {
        if (rows.some((r) => r.reading.batteryPct === 7)) {
          throw Object.assign(new Error('stack depth limit exceeded'), { code: '54001' });
        }
        written.push(...rows.map((r) => r.reading.batteryPct));
      },
    });
    await writer.start();
    for (let i = 0; i < 20; i += 1) void writer.add(row({ batteryPct: i }));
    await writer.stop();
    expect(written.toSorted((a, b) => (a ?? 0) - (b ?? 0))).toEqual(
      Array.from({ length: 20 }, (_, i) => i).filter((i) => i !== 7),
    );
    expect(onDropped).toHaveBeenCalledExactlyOnceWith(1);
  });

  it('makes the source wait past the high-water mark and lets it go again', async () => {
    let release: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const writer = createBatchWriter({ ...options, write: () => gate });
    let wait: Promise<void> | undefined;
    for (let i = 0; i < 25_000; i += 1) wait = writer.add(row());
    expect(wait).toBeInstanceOf(Promise);
    release?.();
    await wait;
    expect(writer.buffered()).toBeLessThan(4_000);
    await writer.stop();
    expect(writer.buffered()).toBe(0);
  });
});

describe('signs of life', () => {
  const frame = (sha256: string, s: number) => ({ sha256, since: at(s), at: at(s) });
  const heard = async (...signs: SignOfLife[]): Promise<readonly SignOfLife[]> => {
    const saved: SignOfLife[] = [];
    const book = createSignBook({
      save: async (kept) => void saved.push(...kept),
      logger: pino({ level: 'silent' }),
      everyMs: 3_600_000,
    });
    await book.start();
    for (const sign of signs) book.heard(sign);
    await book.stop();
    return saved;
  };

  it('are one a device, the last, with the span over which its picture was the same', async () => {
    const sign = (deviceId: string, s: number, sha256?: string) => ({
      deviceId,
      at: at(s),
      frame: sha256 === undefined ? null : frame(sha256, s),
    });
    expect(
      await heard(
        sign('a', 0, 'x'),
        sign('b', 1),
        sign('a', 5, 'x'),
        sign('a', 9),
        sign('c', 0, 'x'),
        sign('c', 3, 'y'),
      ),
    ).toEqual([
      { deviceId: 'a', at: at(9), frame: { sha256: 'x', since: at(0), at: at(5) } },
      { deviceId: 'b', at: at(1), frame: null },
      { deviceId: 'c', at: at(3), frame: frame('y', 3) },
    ]);
  });
});
