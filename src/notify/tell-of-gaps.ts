import type { PoolClient } from 'pg';
import {
  isReachable,
  listPeopleByRole,
  type Person,
  type RegionLookup,
  type ToldGap,
} from '../people/index.ts';
import { localDay, localTime } from '../shared/local-time.ts';
import { addresseeOf, noticeTo } from './notice.ts';
import { insertNotifications } from './notification-store.ts';
import { planNotifications, type SetUpChannels } from './plan-notifications.ts';
import { renderDutyGap } from './render-notice.ts';

export type GapWording = {
  regions: Pick<RegionLookup, 'chain' | 'placeNames'>;
  smsSignature: string;
  timeZone: string;
  setUp: SetUpChannels;
};

/**
 * Tells those who can fill gaps in the roster, each once of all that concern him or her: the admins, and who can decide in
 * the nearest region that has somebody. Soonest gap first; of the others their number.
 */
export const tellOfGaps = async (
  tx: PoolClient,
  wording: GapWording,
  { gaps, now }: { gaps: readonly ToldGap[]; now: Date },
): Promise<void> => {
  const people = (await listPeopleByRole(tx, ['duty_officer', 'dispatcher', 'admin'])).filter(
    isReachable,
  );
  const rows = concernedBy(gaps, people, wording.regions).flatMap(({ person, own }) =>
    planNotifications([person], ['app', 'sms'], wording.setUp).map((planned) =>
      noticeTo(addresseeOf(planned), {
        incidentId: null,
        kind: 'duty',
        text: textFor(own, person, wording),
        payload: { about: 'gap', gaps: own.map(gapJson) },
        now,
      }),
    ),
  );
  await insertNotifications(tx, rows, now);
};

type Concerned = { person: Person; own: [ToldGap, ...ToldGap[]] };

const concernedBy = (
  gaps: readonly ToldGap[],
  people: readonly Person[],
  regions: GapWording['regions'],
): Concerned[] => {
  const concerned = new Map<string, Concerned>();
  for (const gap of gaps.toSorted((a, b) => a.from.getTime() - b.from.getTime())) {
    const chain = regions.chain(gap.regionId);
    const of = (regionId: string): Person[] =>
      people.filter(({ regionIds }) => regionIds.includes(regionId));
    const leaders = of(chain.find((regionId) => of(regionId).length > 0) ?? '');
    const admins = people.filter(({ roles }) => roles.includes('admin'));
    for (const person of new Set([...admins, ...leaders])) {
      const known = concerned.get(person.id);
      if (known === undefined) concerned.set(person.id, { person, own: [gap] });
      else known.own.push(gap);
    }
  }
  return [...concerned.values()];
};

const textFor = (
  [gap, ...others]: readonly [ToldGap, ...ToldGap[]],
  { locale }: Person,
  { regions, timeZone, smsSignature }: GapWording,
): string => {
  const local = (at: Date): string =>
    `${localDay(at, timeZone).slice(5)} ${localTime(at, timeZone)}`;
  return renderDutyGap(
    {
      placeNames: regions.placeNames(gap.regionId),
      from: local(gap.from),
      to: gap.openEnded ? null : local(gap.to),
      coveredAbove: gap.coveredAbove,
      more: others.length,
    },
    locale,
    smsSignature,
  );
};

const gapJson = ({ regionId, from, to, news, openEnded, coveredAbove }: ToldGap) => ({
  regionId,
  from: from.toISOString(),
  to: openEnded ? null : to.toISOString(),
  news,
  coveredAbove,
});
