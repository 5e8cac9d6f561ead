import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';
import { isTransient } from '../shared/transient.ts';
import type { TelemetryRow } from './telemetry-reading.ts';

/** How long a row may wait for company: what a kill -9 can cost. Alarms never wait here. */
const MAX_WAIT_MS = 200;
/** Rows an insert: larger ones only add latency, smaller ones cost round trips. */
const MAX_BATCH = 1_000;
/** Past this the source is made to wait, so that a slow database shows at the broker and not as lost memory. */
const HIGH_WATER = 4_000;
/** Database away this long in rows: the oldest are dropped, counted and logged. At the 200 rows/s of a county about a quarter of an hour. */
const MAX_BUFFERED = 200_000;
const RETRY_MS = 1_000;

export type BatchWriter = Part & {
  /** Resolves at once, or, when the buffer is past its high-water mark, when there is room again. */
  add(row: TelemetryRow): Promise<void> | undefined;
  buffered(): number;
};

export type BatchWriterOptions = {
  write: (rows: readonly TelemetryRow[]) => Promise<void>;
  onWritten: (rows: number) => void;
  onDropped: (rows: number) => void;
  logger: Logger;
};

/** Collects telemetry and writes it in batches of up to 200 ms, one at a time; drains on stop. */
export const createBatchWriter = ({
  write,
  onWritten,
  onDropped,
  logger,
}: BatchWriterOptions): BatchWriter => {
  let buffer: TelemetryRow[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  let stopped = false;
  let waiting: (() => void)[] = [];

  const schedule = (delayMs: number): void => {
    timer ??= setTimeout(flushSoon, delayMs);
  };
  const flushSoon = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (writing !== undefined || buffer.length === 0) return;
    writing = flushOne().finally(() => {
      writing = undefined;
      if (buffer.length >= MAX_BATCH) flushSoon();
      else if (buffer.length > 0) schedule(MAX_WAIT_MS);
    });
  };
  const flushOne = async (): Promise<void> => {
    const batch = buffer.slice(0, MAX_BATCH);
    buffer = buffer.slice(batch.length);
    try {
      await writeAll(batch);
    } catch (error) {
      logger.error(
        { err: error, rows: batch.length },
        'telemetry batch not written, will be tried again',
      );
      buffer = [...batch, ...buffer];
      trim();
      if (!stopped) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    if (buffer.length < HIGH_WATER) {
      for (const go of waiting) go();
      waiting = [];
    }
  };
  /** A row that can never be stored must not hold up the others: the batch is halved until it stands alone. */
  const writeAll = async (rows: readonly TelemetryRow[]): Promise<void> => {
    try {
      await write(rows);
      onWritten(rows.length);
    } catch (error) {
      if (isTransient(error)) throw error;
      if (rows.length === 1) {
        logger.error({ err: error, deviceId: rows[0]?.deviceId }, 'telemetry row cannot be stored');
        onDropped(1);
        return;
      }
      const half = Math.ceil(rows.length / 2);
      await writeAll(rows.slice(0, half));
      await writeAll(rows.slice(half));
    }
  };
  const trim = (): void => {
    const excess = buffer.length - MAX_BUFFERED;
    if (excess <= 0) return;
    buffer = buffer.slice(excess);
    onDropped(excess);
    logger.error({ rows: excess }, 'telemetry dropped: the database has been away too long');
  };

  return {
    name: 'telemetry-writer',
    async start() {},
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await writing;
      // A last attempt for each batch; a database that is gone must not hold up the stop for ever.
      for (let tries = 0; buffer.length > 0 && tries < 200; tries += 1) {
        const before = buffer.length;
        await flushOne();
        if (buffer.length >= before) break;
      }
      if (buffer.length > 0) onDropped(buffer.length);
    },
    add(row) {
      buffer.push(row);
      if (buffer.length >= MAX_BATCH) flushSoon();
      else schedule(MAX_WAIT_MS);
      return buffer.length < HIGH_WATER
        ? undefined
        : new Promise((resolve) => waiting.push(resolve));
    },
    buffered: () => buffer.length,
  };
};
