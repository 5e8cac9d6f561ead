/** The part of https://github.com/farhadi/node-smpp (which has no types of its own) that this service and its tests use. */
declare module 'smpp' {
  import type { EventEmitter } from 'node:events';
  import type { Server as NetServer, Socket } from 'node:net';

  namespace smpp {
    type ShortMessage = { message: string | Buffer; udh?: Buffer[] };

    type Pdu = {
      command: string;
      command_status: number;
      sequence_number: number;
      esm_class?: number;
      data_coding?: number;
      source_addr?: string;
      destination_addr?: string;
      system_id?: string;
      password?: string;
      message_id?: string;
      registered_delivery?: number;
      dest_addr_ton?: number;
      dest_addr_npi?: number;
      source_addr_ton?: number;
      source_addr_npi?: number;
      short_message?: ShortMessage | Buffer | string;
      message_payload?: ShortMessage | Buffer | string;
      receipted_message_id?: string;
      user_message_reference?: number;
      message_state?: number;
      sar_msg_ref_num?: number;
      sar_total_segments?: number;
      sar_segment_seqnum?: number;
      isResponse(): boolean;
      response(options?: Record<string, unknown>): Pdu;
    };

    type Fields = Record<string, string | number | Buffer | ShortMessage>;
    /** False when the socket cannot be written to; the callback then never runs. */
    type Command = (fields: Fields, onResponse?: (response: Pdu) => void) => boolean;

    interface Session extends EventEmitter {
      readonly socket: Socket;
      send(pdu: Pdu, onResponse?: (response: Pdu) => void): boolean;
      close(onClosed?: () => void): void;
      destroy(onClosed?: () => void): void;
      bind_transceiver: Command;
      submit_sm: Command;
      deliver_sm: Command;
      enquire_link: Command;
      unbind: Command;
    }

    type Server = NetServer & { sessions: Session[] };
  }

  const smpp: {
    connect(options: { host: string; port: number; tls?: boolean }): smpp.Session;
    createServer(onSession: (session: smpp.Session) => void): smpp.Server;
    errors: Readonly<Record<string, number>>;
  };
  export = smpp;
}
