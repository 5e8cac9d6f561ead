import type { PoolClient } from 'pg';
import type { Intrusion } from '../airspace/index.ts';
import { type RegionLookup, readDuty } from '../people/index.ts';
import { addresseeOf, noticeTo } from './notice.ts';
import { insertNotifications } from './notification-store.ts';
import { planNotifications, type SetUpChannels } from './plan-notifications.ts';
import { renderForeignAircraft } from './render-notice.ts';

export type AircraftWording = {
  regions: Pick<RegionLookup, 'chain'>;
  smsSignature: string;
  setUp: SetUpChannels;
};

/** Tells those on duty for the fire, by app and SMS, of an aircraft that is not ours: its pilot may not know of those that are. */
export const tellOfAircraft = async (
  tx: PoolClient,
  { regions, smsSignature, setUp }: AircraftWording,
  { visitId, incident, aircraft, distanceM }: Intrusion,
  now: Date,
): Promise<{ told: string[]; unreachable: string[] }> => {
  const { id: incidentId, number, regionId } = incident;
  const duty = await readDuty(tx, regions.chain(regionId), now);
  const people = duty.kind === 'nobody' ? [] : duty.people;
  const { id: aircraftId, heightM, operatorPosition } = aircraft;
  const rows = planNotifications(people, ['app', 'sms'], setUp).map((planned) =>
    noticeTo(addresseeOf(planned), {
      incidentId,
      kind: 'airspace',
      occurrence: Number(visitId),
      text: renderForeignAircraft(
        { number, aircraftId, distanceM, heightM, operator: operatorPosition },
        planned.person.locale,
        smsSignature,
      ),
      payload: { number, aircraftId, distanceM: Math.round(distanceM), heightM },
      now,
    }),
  );
  await insertNotifications(tx, rows, now);
  return {
    told: people.map(({ id }) => id),
    unreachable: duty.unreachable.map(({ id }) => id),
  };
};
