import { type Logger, pino } from 'pino';

export type { Logger };

/** JSON lines on a server; a readable line per event on a terminal. */
export const createLogger = (level: string): Logger =>
  pino(
    process.stdout.isTTY
      ? {
          level,
          transport: {
            target: 'pino-pretty',
            options: { translateTime: 'SYS:HH:MM:ss.l', ignore: 'pid,hostname' },
          },
        }
      : { level },
  );
