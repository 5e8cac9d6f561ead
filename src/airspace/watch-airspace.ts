import type { AirspaceSettings } from '../shared/airspace-config.ts';
import { type Fix, geodesicInverse, type LonLat } from '../shared/geo.ts';
import type { AircraftState } from './aircraft-sighting.ts';

/** An aircraft that is heard now. */
export type HeardAircraft = {
  id: string;
  position: LonLat;
  /** Above take-off or the ground, metres. */
  heightM: number | null;
  state: AircraftState | null;
  receivedAt: Date;
};

/** A fire whose airspace is watched. */
export type WatchedFire = { incidentId: string; fix: Fix };

/** An aircraft that is in a fire's airspace, as far as is known. */
export type OpenVisit = {
  id: string;
  incidentId: string;
  aircraftId: string;
  lastInsideAt: Date;
};

export type AirspaceChange =
  | { kind: 'entered'; incidentId: string; aircraftId: string; distanceM: number }
  | { kind: 'stayed'; visitId: string; at: Date; distanceM: number }
  | { kind: 'left'; visit: OpenVisit }
  /** The fire is over, or part of another. */
  | { kind: 'over'; visit: OpenVisit };

/** To be out, an aircraft has to be this much farther out, or higher, than to be in: positions jump by some metres. */
const OUTSIDE = 1.1;

/**
 * What has changed over the fires. An aircraft is in while it is within `radiusM` of the fix's ellipse and not above
 * `ceilingM`; one on the ground is not. It has left when it was outside, or unheard, for `leaveAfterS`. Pure.
 */
export const watchAirspace = (
  {
    aircraft,
    fires,
    visits,
  }: {
    aircraft: readonly HeardAircraft[];
    fires: readonly WatchedFire[];
    visits: readonly OpenVisit[];
  },
  settings: AirspaceSettings,
  now: Date,
): AirspaceChange[] => {
  const visitOf = new Map(visits.map((visit) => [keyOf(visit), visit]));
  const seen = fires.flatMap(({ incidentId, fix }) =>
    aircraft.flatMap((each): AirspaceChange[] => {
      const visit = visitOf.get(keyOf({ incidentId, aircraftId: each.id }));
      const slack = visit === undefined ? 1 : OUTSIDE;
      const distanceM = distanceWithin({ fix, aircraft: each }, settings, slack);
      if (distanceM === null) return [];
      return visit === undefined
        ? [{ kind: 'entered', incidentId, aircraftId: each.id, distanceM }]
        : [{ kind: 'stayed', visitId: visit.id, at: each.receivedAt, distanceM }];
    }),
  );
  const staying = new Set(
    seen.flatMap((change) => (change.kind === 'stayed' ? change.visitId : [])),
  );
  const burning = new Set(fires.map(({ incidentId }) => incidentId));
  const leftBefore = now.getTime() - settings.leaveAfterS * 1000;
  const ended = visits.flatMap((visit): AirspaceChange[] => {
    if (!burning.has(visit.incidentId)) return [{ kind: 'over', visit }];
    const isAway = !staying.has(visit.id) && visit.lastInsideAt.getTime() <= leftBefore;
    return isAway ? [{ kind: 'left', visit }] : [];
  });
  return [...seen, ...ended];
};

const keyOf = ({ incidentId, aircraftId }: Pick<OpenVisit, 'incidentId' | 'aircraftId'>): string =>
  `${incidentId} ${aircraftId}`;

/** From the fix, metres; null where it is not in the airspace. `slack` widens that. */
const distanceWithin = (
  { fix, aircraft }: { fix: Fix; aircraft: HeardAircraft },
  { radiusM, ceilingM }: AirspaceSettings,
  slack: number,
): number | null => {
  const { position, heightM, state } = aircraft;
  const isAbove = ceilingM !== null && heightM !== null && heightM > ceilingM * slack;
  if (state === 'ground' || isAbove) return null;
  const { distanceM, azimuthDeg } = geodesicInverse([fix.lon, fix.lat], position);
  return distanceM <= ellipseRadiusM(fix, azimuthDeg) + radiusM * slack ? distanceM : null;
};

/** From the centre of the ellipse to its edge in this direction. */
const ellipseRadiusM = ({ ellipse }: Fix, azimuthDeg: number): number => {
  const { semiMajorM: a, semiMinorM: b, orientationDeg } = ellipse;
  const angle = ((azimuthDeg - orientationDeg) * Math.PI) / 180;
  const across = Math.hypot(b * Math.cos(angle), a * Math.sin(angle));
  return across === 0 ? a : (a * b) / across;
};
