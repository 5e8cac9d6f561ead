import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import mqttPacket from 'mqtt-packet';

export type FirehoseTarget = {
  host: string;
  port: number;
  username: string;
  password: string;
  topic: string;
};

export type Firehose = {
  sent(): number;
  stop(): Promise<void>;
};

/**
 * Publishes telemetry (QoS 0) as fast as the broker takes it, or at `ratePerS`, over plain sockets with
 * packets encoded beforehand: the sender must cost little, since it shares the machine with what is measured.
 */
export const startFirehose = async (
  targets: readonly FirehoseTarget[],
  options: { ratePerS?: number } = {},
): Promise<Firehose> => {
  let stopped = false;
  let sent = 0;
  const sockets = await Promise.all(targets.map(logIn));
  const loops = sockets.map(async (socket, index) => {
    const target = targets[index];
    if (target === undefined) return;
    const closed = once(socket, 'close');
    const perTick =
      options.ratePerS === undefined
        ? 200
        : Math.max(1, Math.round(options.ratePerS / targets.length / 50));
    while (!stopped) {
      const packets = Array.from({ length: perTick }, () => telemetryPacket(target.topic, sent));
      sent += perTick;
      const room = socket.write(Buffer.concat(packets));
      if (!room) await Promise.race([once(socket, 'drain'), closed]);
      // 50 ticks a second when paced; else only let others have their turn.
      if (options.ratePerS === undefined) await new Promise((resolve) => setImmediate(resolve));
      else await new Promise((resolve) => setTimeout(resolve, 20));
      if (socket.destroyed) return;
    }
  });
  return {
    sent: () => sent,
    async stop() {
      stopped = true;
      await Promise.all(loops);
      for (const socket of sockets) socket.end(mqttPacket.generate({ cmd: 'disconnect' }));
    },
  };
};

/** A drone's native telemetry with readings that vary, about 250 bytes. */
const telemetryPacket = (topic: string, n: number): Buffer =>
  mqttPacket.generate({
    cmd: 'publish',
    topic,
    qos: 0,
    dup: false,
    retain: false,
    payload: JSON.stringify({
      at: new Date().toISOString(),
      lon: 113.2 + (n % 1000) / 10_000,
      lat: 26.6 + (n % 777) / 10_000,
      altitudeM: 420 + (n % 50),
      altitudeRef: 'msl',
      headingDeg: n % 360,
      gimbalPitchDeg: -30,
      gimbalYawDeg: (n * 7) % 360,
      speedMps: 11.5,
      batteryPct: 100 - (n % 80),
      flightTimeLeftS: 1500,
    }),
  });

const logIn = async (target: FirehoseTarget): Promise<Socket> => {
  const socket = connect(target.port, target.host);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(
    mqttPacket.generate({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      clientId: target.username,
      username: target.username,
      password: Buffer.from(target.password),
      keepalive: 0,
    }),
  );
  await once(socket, 'data');
  socket.resume();
  return socket;
};
