import { type Device, isDeviceId } from '../../devices/index.ts';

/** An aircraft a gateway says is its own, in its topology or when it is bound. */
export type Claim = { sn: string; modelKey: string | null; name: string | null };

export type Verdict = { kind: 'own' } | { kind: 'new' } | { kind: 'refused'; reason: string };

/** More than any dock or controller pairs with; without a limit one that went wild could fill the registry. */
const MAX_AIRCRAFT = 8;

/**
 * Whether a gateway may speak for an aircraft. One nobody has registered is taken on for it: the gateway was let in
 * with its own secret, and a county that unpacks a new aircraft should not have to type its serial number. One that
 * is registered belongs to whom the registry says, and to nobody else: two gateways cannot claim one aircraft.
 */
export const judgeClaim = (
  { sn }: Claim,
  {
    gateway,
    known,
    aircraftCount,
  }: { gateway: Device; known: Device | undefined; aircraftCount: number },
): Verdict => {
  if (!isDeviceId(sn))
    return { kind: 'refused', reason: `"${sn.slice(0, 64)}" is no serial number` };
  if (known === undefined) {
    return aircraftCount < MAX_AIRCRAFT
      ? { kind: 'new' }
      : {
          kind: 'refused',
          reason: `"${gateway.id}" has ${String(aircraftCount)} aircraft already; register "${sn}" by hand`,
        };
  }
  if (known.kind !== 'drone') {
    return { kind: 'refused', reason: `"${sn}" is registered as a ${known.kind}` };
  }
  if (known.gatewayId === gateway.id) return { kind: 'own' };
  return {
    kind: 'refused',
    reason:
      known.gatewayId === null
        ? `"${sn}" is registered to no gateway; set its gatewayId to "${gateway.id}"`
        : `"${sn}" is registered to gateway "${known.gatewayId}"`,
  };
};
