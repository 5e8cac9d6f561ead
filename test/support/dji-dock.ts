import { randomUUID } from 'node:crypto';
import type { MqttClient } from 'mqtt';
import { vi } from 'vitest';

export type DjiEnvelope = {
  tid: string;
  bid: string;
  method?: string;
  timestamp: number;
  gateway?: string;
  data: Record<string, unknown>;
};

/** What a simulated dock or controller does with a command it is sent; undefined: no answer. */
export type OnService = (command: DjiEnvelope) => Record<string, unknown> | undefined;

export type DjiDock = {
  sn: string;
  client: MqttClient;
  /** All it was sent, in order, with the topic below its serial number. */
  received: { topic: string; message: DjiEnvelope }[];
  /** Publishes; resolves with the envelope. `on` is the serial number of the topic, its own when left out. */
  say(
    topic: string,
    data: unknown,
    options?: { method?: string; needReply?: 0 | 1; on?: string; over?: Record<string, unknown> },
  ): Promise<DjiEnvelope>;
  /** Says it and waits for the answer with its tid and bid. */
  ask(
    topic: 'status' | 'events' | 'requests',
    method: string | undefined,
    data: unknown,
  ): Promise<DjiEnvelope>;
  /** Waits for a command of that method, the newest. */
  command(method: string): Promise<DjiEnvelope>;
  onService(handler: OnService): void;
};

const rootOf = (topic: string): string => (topic.startsWith('status') ? 'sys' : 'thing');

/** A dock as the Cloud API knows it, on a connection that is logged in as it. */
export const createDjiDock = async (client: MqttClient, sn: string): Promise<DjiDock> => {
  const received: DjiDock['received'] = [];
  let serve: OnService = () => undefined;

  const say: DjiDock['say'] = async (topic, data, options = {}) => {
    const { method, needReply, on = sn, over = {} } = options;
    const message = {
      tid: randomUUID(),
      bid: randomUUID(),
      timestamp: Date.now(),
      gateway: sn,
      ...(method === undefined ? {} : { method }),
      ...(needReply === undefined ? {} : { need_reply: needReply }),
      data,
      ...over,
    };
    await client.publishAsync(`${rootOf(topic)}/product/${on}/${topic}`, JSON.stringify(message), {
      qos: topic === 'osd' ? 0 : 1,
    });
    return message as DjiEnvelope;
  };

  client.on('message', (full, payload) => {
    const topic = full.split('/').slice(3).join('/');
    const message = JSON.parse(payload.toString()) as DjiEnvelope;
    received.push({ topic, message });
    if (topic !== 'services') return;
    const data = serve(message);
    if (data === undefined) return;
    const { tid, bid, method } = message;
    void say('services_reply', data, {
      over: { tid, bid, ...(method === undefined ? {} : { method }) },
    });
  });
  await client.subscribeAsync(
    [
      `sys/product/${sn}/status_reply`,
      `thing/product/${sn}/events_reply`,
      `thing/product/${sn}/requests_reply`,
      `thing/product/${sn}/services`,
    ],
    { qos: 1 },
  );

  return {
    sn,
    client,
    received,
    say,
    async ask(topic, method, data) {
      const sent = await say(topic, data, {
        ...(method === undefined ? {} : { method }),
        ...(topic === 'events' ? { needReply: 1 } : {}),
      });
      return vi.waitUntil(
        () =>
          received.find(
            ({ topic: on, message }) =>
              on === `${topic}_reply` && message.tid === sent.tid && message.bid === sent.bid,
          )?.message,
        { timeout: 10_000 },
      );
    },
    command: (method) =>
      vi.waitUntil(
        () =>
          received.findLast(
            ({ topic, message }) => topic === 'services' && message.method === method,
          )?.message,
        { timeout: 10_000 },
      ),
    onService(handler) {
      serve = handler;
    },
  };
};
