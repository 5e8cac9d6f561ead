import { createSocket, type Socket } from 'node:dgram';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMavlinkUdp, type Ingest } from '../../../src/ingest/index.ts';
import type { Part } from '../../../src/shared/part.ts';
import { freePort } from '../../support/mosquitto.ts';

type Message = Parameters<Ingest['handle']>[0];

const TAKEN = { kind: 'taken' } as const;

let port: number;
let sender: Socket;
let listener: Part | undefined;
let handled: Message[];
let dropped: number;
/** What taking a datagram waits for. */
let gate: () => Promise<void>;

const listenerOn = (on: number): Part =>
  createMavlinkUdp({
    host: '127.0.0.1',
    port: on,
    ingest: {
      handle: async (message) => {
        handled.push(message);
        await gate();
        return TAKEN;
      },
    },
    receiver: { noteSilence: async () => undefined },
    onDropped: () => {
      dropped += 1;
    },
    now: () => new Date(),
    logger: pino({ level: 'silent' }),
  });
const send = (bytes: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    sender.send(bytes, port, '127.0.0.1', (error) => (error === null ? resolve() : reject(error)));
  });

beforeEach(async () => {
  [handled, dropped, gate] = [[], 0, async () => undefined];
  port = await freePort();
  sender = createSocket('udp4');
  listener = listenerOn(port);
  await listener.start();
});
afterEach(async () => {
  sender.close();
  await listener?.stop();
});

describe('the MAVLink listener', () => {
  it('hands a datagram on with the address it came from', async () => {
    const bytes = Buffer.from([0xfd, 1, 2, 3]);
    await send(bytes);
    await vi.waitFor(() =>
      expect(handled).toEqual([
        { topic: 'udp/mavlink/127.0.0.1', payload: bytes, publisherId: null },
      ]),
    );
  });

  it('drops what is too large for MAVLink', async () => {
    await send(Buffer.alloc(4_097, 0xfe));
    await vi.waitFor(() => expect(dropped).toBe(1));
    await send(Buffer.alloc(4_096, 0xfe));
    await vi.waitFor(() => expect(handled).toHaveLength(1));
  });

  it('goes on after one that could not be stored', async () => {
    gate = () => Promise.reject(new Error('the database is away'));
    await send(Buffer.from('1'));
    await vi.waitFor(() => expect(handled).toHaveLength(1));
    gate = async () => undefined;
    await send(Buffer.from('2'));
    await vi.waitFor(() => expect(handled).toHaveLength(2));
  });

  it('waits for what is under way when it stops', async () => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    gate = () => released;
    await send(Buffer.from('1'));
    await vi.waitFor(() => expect(handled).toHaveLength(1));
    const order: string[] = [];
    const stopping = listener?.stop().then(() => order.push('stopped'));
    setImmediate(() => {
      order.push('stored');
      release();
    });
    await stopping;
    listener = undefined;
    expect(order).toEqual(['stored', 'stopped']);
  });

  it('says what to do when the port is taken', async () => {
    await expect(listenerOn(port).start()).rejects.toThrow(
      /^MAVLink cannot be listened for on 127\.0\.0\.1:\d+ .*EADDRINUSE.* set MAVLINK_PORT/,
    );
  });
});
