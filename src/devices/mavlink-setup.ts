import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Device } from './device.ts';

/** How a drone that speaks MAVLink is told from others; null = not said. Kept in `properties`. */
export type MavlinkSetup = {
  /** Its MAV_SYS_ID (PX4) or SYSID_THISMAV (ArduPilot), 1 to 255. */
  systemId: number | null;
  /** From where its datagrams come. */
  address: string | null;
  /** 32 bytes: only frames signed with it count. */
  signingKey: Buffer | null;
};

/** An IP address as it is compared: an IPv4 one that came in by IPv6 is itself again. */
export const plainAddress = (address: string): string => ipaddr.process(address).toString();

const SYSTEM_ID = 'mavlinkSystemId';
const ADDRESS = 'mavlinkAddress';
const SIGNING_KEY = 'mavlinkSigningKey';

const isSystemId = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 255;
const isAddress = (value: unknown): value is string =>
  typeof value === 'string' && isIP(value) !== 0;
const isSigningKey = (value: unknown): value is string =>
  typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value);

/** The setup of a registered drone. */
export const mavlinkSetupOf = ({ properties }: Pick<Device, 'properties'>): MavlinkSetup => {
  const { [SYSTEM_ID]: systemId, [ADDRESS]: address, [SIGNING_KEY]: key } = properties;
  return {
    systemId: isSystemId(systemId) ? systemId : null,
    address: isAddress(address) ? plainAddress(address) : null,
    signingKey: isSigningKey(key) ? Buffer.from(key, 'hex') : null,
  };
};

/** What is wrong with these fields, each with how to mend it. A key is not repeated. */
export const mavlinkSetupMistakes = (
  properties: Record<string, unknown>,
): { path: string; message: string }[] =>
  RULES.flatMap(({ path, isRight, message }) => {
    const value = properties[path];
    return value === undefined || value === null || isRight(value) ? [] : [{ path, message }];
  });

const RULES: readonly {
  path: string;
  isRight: (value: unknown) => boolean;
  message: string;
}[] = [
  {
    path: SYSTEM_ID,
    isRight: isSystemId,
    message: 'is no MAVLink system id: a whole number from 1 to 255',
  },
  {
    path: ADDRESS,
    isRight: isAddress,
    message: 'is no IP address, e.g. 10.8.0.7 (host names are not looked up)',
  },
  {
    path: SIGNING_KEY,
    isRight: isSigningKey,
    message:
      'is no signing key: 64 hexadecimal digits; of a passphrase its SHA-256 (printf %s "passphrase" | sha256sum)',
  },
];
