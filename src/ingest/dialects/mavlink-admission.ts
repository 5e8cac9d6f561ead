import type { Device, MavlinkSetup } from '../../devices/index.ts';
import type { MavlinkFrame } from './mavlink-frame.ts';
import { checkMavlinkSignature, type SigningStreams } from './mavlink-signature.ts';

/** Why a frame does not count. */
export type MavlinkRefusal =
  | 'foreign'
  | 'ground_station'
  | 'revoked'
  | 'wrong_address'
  | 'unsigned'
  | 'bad_signature'
  | 'replayed'
  | 'ambiguous';

/** A drone whose frame it may be. */
export type MavlinkCandidate = {
  device: Device;
  setup: MavlinkSetup;
  isRevoked: boolean;
  streams: SigningStreams;
};

export type MavlinkAdmission =
  | { kind: 'admitted'; device: Device; signed: { stream: string; timestamp: number } | null }
  /** `deviceId`: whose it claims to be, where that is known. */
  | { kind: 'refused'; why: MavlinkRefusal; deviceId: string | null; reason: string };

/** By convention every ground station's; where traffic is routed on, theirs comes along. */
const GROUND_STATION = 255;

/**
 * Whose frame it is. A frame names only its system id, and UDP proves nothing: it counts where exactly one registered
 * drone has that id and the frame is signed with its key; or, for a drone without a key, where it comes from the
 * registered address, or from this machine (a router beside us) when none is registered. `address` is null on the bus,
 * where the login has named the drone. Pure.
 */
export const admitMavlink = (
  frame: MavlinkFrame,
  candidates: readonly MavlinkCandidate[],
  { address, now }: { address: string | null; now: Date },
): MavlinkAdmission => {
  const { systemId } = frame;
  const ofSystem = candidates.filter(
    ({ setup }) => setup.systemId === systemId || (setup.systemId === null && address === null),
  );
  const verdicts = ofSystem.map((candidate) => judge(frame, candidate, { address, now }));
  const admitted = verdicts.filter((verdict) => verdict.kind === 'admitted');
  const signed = admitted.filter((verdict) => verdict.signed !== null);
  const [first, ...others] = signed.length > 0 ? signed : admitted;
  if (first !== undefined && others.length === 0) return first;
  if (first !== undefined) {
    const ids = ofSystem.map(({ device }) => `"${device.id}"`).join(', ');
    const reason = `system id ${String(systemId)} may be ${ids}: give each an id, an address or a key of its own`;
    return { kind: 'refused', why: 'ambiguous', deviceId: null, reason };
  }
  return verdicts[0] ?? foreign(systemId, address);
};

const foreign = (systemId: number, address: string | null): MavlinkAdmission =>
  systemId === GROUND_STATION
    ? {
        kind: 'refused',
        why: 'ground_station',
        deviceId: null,
        reason: 'it is a ground station',
      }
    : {
        kind: 'refused',
        why: 'foreign',
        deviceId: null,
        reason: `system id ${String(systemId)} is not ${
          address === null
            ? 'the one registered with this drone'
            : 'one of a registered drone; register mavlinkSystemId'
        }`,
      };

const judge = (
  frame: MavlinkFrame,
  { device, setup, isRevoked, streams }: MavlinkCandidate,
  { address, now }: { address: string | null; now: Date },
): MavlinkAdmission => {
  const refused = (why: MavlinkRefusal, reason: string): MavlinkAdmission => ({
    kind: 'refused',
    why,
    deviceId: device.id,
    reason: `"${device.id}": ${reason}`,
  });
  if (isRevoked) return refused('revoked', 'its login was revoked');
  if (address !== null && !mayComeFrom(address, setup)) {
    const expected = setup.address ?? 'this machine; register mavlinkAddress or mavlinkSigningKey';
    return refused('wrong_address', `frames come from ${address}, not from ${expected}`);
  }
  if (setup.signingKey === null) return { kind: 'admitted', device, signed: null };
  const signature = checkMavlinkSignature(frame, setup.signingKey, { streams, now });
  return signature.kind === 'valid'
    ? { kind: 'admitted', device, signed: signature }
    : refused(signature.kind, SIGNATURE_PROBLEMS[signature.kind]);
};

const SIGNATURE_PROBLEMS = {
  unsigned: 'a signing key is registered, and the frame is not signed',
  bad_signature: 'the frame is signed with another key',
  replayed: 'the signature is older than the last one, or more than a minute behind our clock',
} as const;

const mayComeFrom = (
  address: string,
  { address: registered, signingKey }: MavlinkSetup,
): boolean =>
  registered === null ? signingKey !== null || isLoopback(address) : registered === address;

const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');
