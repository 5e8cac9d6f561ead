import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';

/** That a device is there, shown otherwise than by telemetry: it alarmed, or something alarmed for it. */
export type SignOfLife = {
  deviceId: string;
  /** Our clock. */
  at: Date;
  /** The picture that came with it, and the span, by the device's clock, over which it was the same. */
  frame: { sha256: string; since: Date; at: Date } | null;
};

export type SignBook = Part & { heard(sign: SignOfLife): void };

/** A burst of alarms is one write, and no alarm waits for it. */
const EVERY_MS = 2_000;

export type SignBookDeps = {
  save: (signs: readonly SignOfLife[]) => Promise<void>;
  logger: Logger;
  everyMs?: number;
};

/** Keeps in memory that devices were heard, and writes it down every other second and on stop. */
export const createSignBook = ({ save, logger, everyMs = EVERY_MS }: SignBookDeps): SignBook => {
  let signs = new Map<string, SignOfLife>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    timer = undefined;
    const taken = signs;
    if (taken.size === 0) return;
    signs = new Map();
    await save([...taken.values()]).catch((error: unknown) =>
      logger.warn({ err: error, devices: taken.size }, 'signs of life could not be kept'),
    );
  };
  return {
    name: 'signs-of-life',
    async start() {},
    async stop() {
      clearTimeout(timer);
      await writing;
      await write();
    },
    heard(sign) {
      signs.set(sign.deviceId, joined(signs.get(sign.deviceId), sign));
      timer ??= setTimeout(() => {
        writing = write();
      }, everyMs);
    },
  };
};

/** Two signs of a device as one. Pure. */
export const joined = (known: SignOfLife | undefined, sign: SignOfLife): SignOfLife => {
  if (known === undefined) return sign;
  const { frame } = sign;
  const before = known.frame;
  if (frame === null || before === null || frame.sha256 !== before.sha256) {
    return { ...sign, frame: frame ?? before };
  }
  const since = before.since < frame.since ? before.since : frame.since;
  const at = before.at > frame.at ? before.at : frame.at;
  return { ...sign, frame: { ...frame, since, at } };
};
