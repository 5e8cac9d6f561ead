import type { Client } from 'aedes';

/** As in config/mosquitto/mosquitto.conf: a detection with a generous crop fits, a film does not. */
export const MAX_PACKET_BYTES = 2 * 1024 * 1024;
/** Before a login a peer has nothing bigger to say than client id, will, name and password. */
export const MAX_CONNECT_BYTES = 256 * 1024;

/** The parts of mqtt-packet's parser this relies on; both packages are pinned, and a test holds this. */
type Parser = {
  packet: { length: number };
  _parseLength(): boolean;
  _emitError(error: Error): boolean;
};

/**
 * The broker has no limit of its own and would gather whatever length a peer announces (up to 256 MB)
 * in memory. The connection is cut as soon as the length is known.
 */
export const limitPacketSize = (client: Client): void => {
  const parser = (client as unknown as { _parser?: Parser })._parser;
  if (parser === undefined) throw new Error('the MQTT broker keeps its parser elsewhere now');
  const parseLength = parser._parseLength.bind(parser);
  parser._parseLength = () => {
    if (!parseLength()) return false;
    const limit = client.connecting || client.connected ? MAX_PACKET_BYTES : MAX_CONNECT_BYTES;
    if (parser.packet.length <= limit) return true;
    return parser._emitError(
      new Error(`packet of ${parser.packet.length} bytes, at most ${limit} are accepted`),
    );
  };
};
