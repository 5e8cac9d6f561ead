import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export type HangingLine = {
  /** The database, reached over this line. */
  connectionString: string;
  /** The next connection that sends `text` hangs from then on: what either side sends is lost, and nobody hangs up. */
  hangOn(text: string): void;
  /** How many hang. */
  hanging(): number;
  stop(): Promise<void>;
};

/** A line to PostgreSQL, TCP on this side, one of whose connections can hang as behind a router that has died. */
export const startHangingLine = async (connectionString: string): Promise<HangingLine> => {
  const target = new URL(connectionString);
  const folder = target.searchParams.get('host');
  const port = Number(target.port || 5432);
  const sockets = new Set<Socket>();
  let trigger: string | undefined;
  let hanging = 0;

  const server = createServer((near) => {
    const far =
      folder === null
        ? connect(port, target.hostname)
        : connect(`${folder}/.s.PGSQL.${String(port)}`);
    let hangs = false;
    near.on('data', (data) => {
      if (trigger !== undefined && data.includes(trigger)) {
        trigger = undefined;
        hangs = true;
        hanging += 1;
      }
      if (!hangs) far.write(data);
    });
    far.on('data', (data) => {
      if (!hangs) near.write(data);
    });
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        if (!hangs) other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const near = new URL(connectionString);
  near.hostname = '127.0.0.1';
  near.port = String((server.address() as AddressInfo).port);
  near.searchParams.delete('host');

  return {
    connectionString: near.href,
    hangOn(text) {
      trigger = text;
    },
    hanging: () => hanging,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};
