import type { PoolClient } from 'pg';
import { appendEvent, findIncident, type Incident, lockIncidents } from '../incidents/index.ts';
import type { AirspaceSettings } from '../shared/airspace-config.ts';
import type { Clock } from '../shared/clock.ts';
import { type Pool, withTransaction } from '../shared/db.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';
import { createRepeating } from '../shared/repeating.ts';
import { type Aircraft, deleteAircraftBefore, listAircraft } from './aircraft-store.ts';
import { endVisit, listFires, listOpenVisits, noteInside, openVisit } from './visit-store.ts';
import { type AirspaceChange, type OpenVisit, watchAirspace } from './watch-airspace.ts';

/** A foreign aircraft has come near a fire. */
export type Intrusion = {
  visitId: string;
  incident: Incident;
  aircraft: Aircraft;
  /** From the fix, metres. */
  distanceM: number;
};

export type AirspaceWatchDeps = {
  pool: Pool;
  settings: AirspaceSettings;
  keepDays: number;
  clock: Clock;
  logger: Logger;
  /** Tells people, in the transaction that notes it; what it says of that stands in the timeline. */
  onEntered: (
    tx: PoolClient,
    intrusion: Intrusion,
    now: Date,
  ) => Promise<{ told: readonly string[]; unreachable: readonly string[] }>;
};

export type AirspaceWatch = Part & {
  /** Looks now. */
  look(): Promise<void>;
};

const EVERY_MS = 2_000;
/** What was not heard for so long may be anywhere. */
export const FRESH_MS = 60_000;
const TIDY_EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** More at once is a receiver gone mad. */
const MAX_AIRCRAFT = 1_000;

/**
 * Compares foreign aircraft with the fires every two seconds: so a fire that breaks out below one counts as well, and
 * silence ends a visit. What is known stands in the database: no restart, and no second process, tells of it again.
 */
export const createAirspaceWatch = (deps: AirspaceWatchDeps): AirspaceWatch => {
  const { pool, clock, logger } = deps;
  let tidiedAt = Number.NEGATIVE_INFINITY;

  const tidy = async (now: Date): Promise<void> => {
    if (now.getTime() - tidiedAt < TIDY_EVERY_MS) return;
    await deleteAircraftBefore(pool, new Date(now.getTime() - deps.keepDays * DAY_MS));
    tidiedAt = now.getTime();
  };

  const look = async (): Promise<void> => {
    const now = clock.now();
    await tidy(now);
    const since = new Date(now.getTime() - FRESH_MS);
    const aircraft = await listAircraft(pool, { since, limit: MAX_AIRCRAFT });
    const visits = await listOpenVisits(pool);
    if (aircraft.length === 0 && visits.length === 0) return;
    const fires = await listFires(pool);
    const known = new Map(aircraft.map((each) => [each.id, each]));
    for (const change of watchAirspace({ aircraft, fires, visits }, deps.settings, now)) {
      // One that fails must not keep the others from being told of; the next look tries it again.
      await apply(deps, change, { known, now }).catch((error: unknown) =>
        logger.error({ err: error, change }, 'a change in the airspace could not be noted'),
      );
    }
  };

  const part = createRepeating('airspace-watch', async () => {
    await look().catch((error: unknown) =>
      logger.warn({ err: error }, 'the airspace could not be looked at, trying again'),
    );
    return EVERY_MS;
  });
  return { ...part, look };
};

const apply = async (
  deps: AirspaceWatchDeps,
  change: AirspaceChange,
  { known, now }: { known: ReadonlyMap<string, Aircraft>; now: Date },
): Promise<void> => {
  switch (change.kind) {
    case 'entered': {
      const aircraft = known.get(change.aircraftId);
      if (aircraft === undefined) return;
      return withTransaction(deps.pool, (tx) => enter(deps, tx, { ...change, aircraft, now }));
    }
    case 'stayed':
      return noteInside(deps.pool, change);
    case 'left':
      return withTransaction(deps.pool, (tx) => leave(deps, tx, change.visit, now));
    case 'over':
      await endVisit(deps.pool, change.visit.id, now);
  }
};

const enter = async (
  { onEntered, logger }: AirspaceWatchDeps,
  tx: PoolClient,
  {
    incidentId,
    aircraft,
    distanceM,
    now,
  }: { incidentId: string; aircraft: Aircraft; distanceM: number; now: Date },
): Promise<void> => {
  await lockIncidents(tx);
  const incident = await findIncident(tx, incidentId);
  if (incident === undefined) return;
  const visit = { incidentId, aircraftId: aircraft.id, distanceM, at: now };
  const visitId = await openVisit(tx, visit);
  if (visitId === undefined) return;
  const told = await onEntered(tx, { visitId, incident, aircraft, distanceM }, now);
  await appendEvent(tx, {
    incidentId,
    type: 'foreign_aircraft',
    actor: `device:${aircraft.receiverId}`,
    at: now,
    data: { state: 'entered', ...factsOf(aircraft), distanceM: Math.round(distanceM), ...told },
  });
  const log = { incidentId, number: incident.number, aircraftId: aircraft.id, distanceM, ...told };
  if (told.told.length > 0) logger.warn(log, 'a foreign aircraft is in the airspace of a fire');
  else logger.error(log, 'a foreign aircraft is in the airspace of a fire, and NOBODY to tell');
};

const factsOf = (aircraft: Aircraft): Record<string, unknown> => {
  const { id, idType, position, operatorId, operatorPosition } = aircraft;
  const { altitudeM, heightM, heightRef, speedMps, headingDeg } = aircraft;
  return {
    aircraftId: id,
    idType,
    lon: position[0],
    lat: position[1],
    altitudeM,
    heightM,
    heightRef,
    speedMps,
    headingDeg,
    operatorId,
    operatorLon: operatorPosition?.[0] ?? null,
    operatorLat: operatorPosition?.[1] ?? null,
  };
};

const leave = async (
  { logger }: AirspaceWatchDeps,
  tx: PoolClient,
  { id, incidentId, aircraftId }: OpenVisit,
  now: Date,
): Promise<void> => {
  await lockIncidents(tx);
  const visit = await endVisit(tx, id, now);
  if (visit === undefined) return;
  const { enteredAt, lastInsideAt, closestM } = visit;
  const stay = { enteredAt: enteredAt.toISOString(), lastInsideAt: lastInsideAt.toISOString() };
  await appendEvent(tx, {
    incidentId,
    type: 'foreign_aircraft',
    actor: 'system',
    at: now,
    data: { state: 'left', aircraftId, ...stay, closestM: Math.round(closestM) },
  });
  logger.info({ incidentId, aircraftId, ...stay }, 'a foreign aircraft has left');
};
