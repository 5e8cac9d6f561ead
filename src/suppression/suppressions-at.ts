import type { Fix } from '../shared/geo.ts';
import { type HeatSource, inHeatSource } from './heat-source.ts';
import { burnHolds, fixInBurn, type PermittedBurn } from './permitted-burn.ts';
import { inMask, type MaskReason, type ViewMask } from './view-mask.ts';

/** The layers that might lower an alarm; those that do not count (any more) may be among them. */
export type SuppressionLayers = {
  burns: readonly PermittedBurn[];
  heatSources: readonly HeatSource[];
  masks: readonly ViewMask[];
};

/** A direction in which a device saw something: degrees, azimuth from true north, corrected; null = not said. */
export type Sighting = {
  deviceId: string;
  azimuthDeg: number | null;
  elevationDeg: number | null;
};

/** What is asked about: one detection, or an incident with all that speaks for it. */
export type Sighted = {
  fix: Pick<Fix, 'lon' | 'lat' | 'ellipse'>;
  /** When it was first seen, by the device's clock. */
  detectedAt: Date;
  now: Date;
  sightings: readonly Sighting[];
};

/** Why an alarm is less believed, and until when at the latest. A burn and a heat source speak of the place; a mask speaks of one device's sightings alone. */
export type Suppression =
  | { kind: 'permitted_burn' | 'heat_source'; id: string; name: string; until: Date }
  | {
      kind: 'view_mask';
      id: string;
      /** The mask's note, else its reason. */
      name: string;
      until: Date;
      deviceId: string;
      reason: MaskReason;
    };

/**
 * The layers that make a fire less likely than the sightings alone say, in a stable order: burns, heat sources,
 * masks, each by id. Pure. They lower a confidence, they never drop a detection.
 *
 * A burn counts when it held both when the fire was first seen and now: a fire that was there before the permit
 * began, or goes on after it ended, is alerted. So is one whose device clock is years off, as nobody can tell.
 * A heat source and a mask count until they expire, also for what was seen before they were entered: the duty
 * officer who recognises the kiln enters it to quieten the alarm at hand. A device counts as masked only when
 * every one of its sightings lies in a mask: smoke that leaves the glint is smoke.
 */
export const suppressionsAt = (
  { fix, detectedAt, now, sightings }: Sighted,
  { burns, heatSources, masks }: SuppressionLayers,
): Suppression[] => {
  const inForce = (layer: { expiresAt: Date; cancelledAt: Date | null }): boolean =>
    layer.cancelledAt === null && now.getTime() < layer.expiresAt.getTime();
  return [
    ...burns
      .filter((burn) => burn.cancelledAt === null && burnHolds(burn, detectedAt))
      .filter((burn) => burnHolds(burn, now) && fixInBurn(burn, fix))
      .toSorted(byId)
      .map(({ id, name, endsAt }) => ({
        kind: 'permitted_burn' as const,
        id,
        name,
        until: endsAt,
      })),
    ...heatSources
      .filter((source) => inForce(source) && inHeatSource(source, fix))
      .toSorted(byId)
      .map(({ id, name, expiresAt }) => ({
        kind: 'heat_source' as const,
        id,
        name,
        until: expiresAt,
      })),
    ...masksOver(sightings, masks.filter(inForce).toSorted(byId)),
  ];
};

const masksOver = (sightings: readonly Sighting[], masks: readonly ViewMask[]): Suppression[] => {
  const covers = (mask: ViewMask, { deviceId, azimuthDeg, elevationDeg }: Sighting): boolean =>
    mask.deviceId === deviceId && azimuthDeg !== null && inMask(mask, azimuthDeg, elevationDeg);
  const seenClear = new Set(
    sightings
      .filter((sighting) => !masks.some((mask) => covers(mask, sighting)))
      .map(({ deviceId }) => deviceId),
  );
  return masks
    .filter((mask) => !seenClear.has(mask.deviceId) && sightings.some((s) => covers(mask, s)))
    .map((mask) => ({
      kind: 'view_mask',
      id: mask.id,
      name: mask.note ?? mask.reason,
      until: mask.expiresAt,
      deviceId: mask.deviceId,
      reason: mask.reason,
    }));
};

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
