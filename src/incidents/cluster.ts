import type { Candidate } from './candidate.ts';
import { isActive, isPlaceKnown } from './gate.ts';
import { type Cluster, type Movable, NEW } from './hypotheses.ts';
import type { Costing } from './set-cost.ts';
import type { Track } from './track.ts';

/** Fixes farther apart than this many σ² need no closer look. */
const FAR_CHI2 = 25;
/** A track that fits its incident better than this has no reason to leave it for a new one. */
const DOUBTFUL_CHI2 = 4;
/** More would cost more than the decision is worth; the nearest are kept. */
const MAX_INCIDENTS = 6;
const MAX_MOVABLE = 6;
/** So many tracks say where a fire is; more change nothing about who else belongs to it. */
const ENOUGH_TRACKS = 6;

type Member = { candidate: Candidate; known: boolean; joinable: boolean; chi2: number };

/**
 * The incidents a track may have to do with, and the tracks that may be theirs or others'. `now`: where it is already,
 * null for a new detection. Undefined when there is nothing to weigh: no incident it could join, no track it could go
 * with.
 */
export const clusterAround = (
  { track, now }: { track: Track; now: Candidate | null },
  candidates: readonly Candidate[],
  costing: Costing,
): Cluster | undefined => {
  const members = candidates
    .flatMap((candidate) => lookAt(track, candidate, costing) ?? [])
    .toSorted((a, b) => a.chi2 - b.chi2)
    .slice(0, MAX_INCIDENTS);
  if (members.length === 0) return undefined;
  const all = now === null ? members : [...members, { ...noMember, candidate: now }];
  const moving = members.flatMap((member) =>
    member.candidate.tracks.flatMap(
      (one) => movableOf({ newest: track, one, now }, { member, members, costing }) ?? [],
    ),
  );
  // Those that may go to the most places first; lone ones last, when it is known who came.
  const movable = moving
    .toSorted((a, b) => b.options.length - a.options.length)
    .slice(0, MAX_MOVABLE)
    .toSorted((a, b) => Number(a.lone) - Number(b.lone));
  const places = members
    .filter((member) => member.joinable && mayTake(member, now))
    .map(({ candidate }) => candidate.id);
  const newest: Movable =
    now === null
      ? { track, now: null, options: [...places, NEW], lone: false }
      : { track, now: now.id, options: [now.id, ...places], lone: now.tracks.length === 1 };
  const isMoving = (one: Track): boolean =>
    one === track || movable.some((other) => other.track === one);
  const fixed = new Map(
    all.map(({ candidate }) => [candidate.id, enoughOf(candidate.tracks, isMoving)]),
  );
  const isWeighed = (one: Track): boolean =>
    isMoving(one) || [...fixed.values()].some((tracks) => tracks.includes(one));
  return {
    fixed,
    unweighed: new Map(
      all.map(({ candidate: { id, tracks } }) => [id, tracks.filter((one) => !isWeighed(one))]),
    ),
    movable: [newest, ...movable],
  };
};

const noMember = { known: false, joinable: false, chi2: 0 };

/** What a track has to do with an incident, if anything. */
const lookAt = (track: Track, candidate: Candidate, costing: Costing): Member | undefined => {
  const { tracks, fix } = candidate;
  if (!isPlaceKnown(fix)) {
    const chi2 = nearestOf(tracks, track, costing);
    return chi2 <= gateOf(track, costing)
      ? { candidate, known: false, joinable: true, chi2 }
      : undefined;
  }
  const chi2 = costing.chi2At(track, fix);
  const held = tracks.filter((one) => one.fixed);
  const joinable =
    chi2 <= gateOf(track, costing) ||
    (chi2 <= FAR_CHI2 && held.length > 0 && fits(held, track, costing));
  const pairs =
    !joinable &&
    tracks.some((one) => isDoubtful(one, candidate, costing) && fits([one], track, costing));
  return joinable || pairs ? { candidate, known: true, joinable, chi2 } : undefined;
};

/** χ² of a track with that of an incident's, of other devices, which it goes with best. */
const nearestOf = (tracks: readonly Track[], track: Track, costing: Costing): number =>
  Math.min(
    ...tracks
      .filter(({ deviceId }) => deviceId !== track.deviceId)
      .map((one) => added([one], track, costing)),
  );

const isFree = (track: Track, { status }: Candidate): boolean => !track.fixed && !isActive(status);

/** Might it leave its incident for a new one? */
const isDoubtful = (track: Track, candidate: Candidate, costing: Costing): boolean =>
  isFree(track, candidate) &&
  candidate.tracks.length > 1 &&
  (!isPlaceKnown(candidate.fix) || costing.chi2At(track, candidate.fix) > DOUBTFUL_CHI2);

/** A track of an incident, if it might be elsewhere. */
const movableOf = (
  { newest, one, now }: { newest: Track; one: Track; now: Candidate | null },
  {
    member: { candidate },
    members,
    costing,
  }: { member: Member; members: readonly Member[]; costing: Costing },
): Movable | undefined => {
  if (!isFree(one, candidate)) return undefined;
  const elsewhere = members
    .filter((other) => other.candidate !== candidate && other.joinable)
    .filter((other) => mayTake(other, candidate))
    .filter(
      ({ known, candidate: { fix, tracks } }) =>
        (known ? costing.chi2At(one, fix) : nearestOf(tracks, one, costing)) <=
        gateOf(one, costing),
    )
    .map((other) => other.candidate.id);
  const toNew =
    now === null && isDoubtful(one, candidate, costing) && fits([newest], one, costing)
      ? [NEW]
      : [];
  if (elsewhere.length + toNew.length === 0) return undefined;
  const lone = candidate.tracks.length === 1;
  return { track: one, now: candidate.id, options: [candidate.id, ...elsewhere, ...toNew], lone };
};

/** An incident that would be left empty goes to a known fire, not to where its one sight line meets another's. */
const mayTake = ({ known, candidate: { tracks } }: Member, from: Candidate | null): boolean =>
  known || tracks.length > 2 || from === null || from.tracks.length > 1;

/** The tracks that stand for an incident: those held there, then the most precise. */
const enoughOf = (
  tracks: readonly Track[],
  isMoving: (track: Track) => boolean = () => false,
): Track[] =>
  tracks
    .filter((track) => !isMoving(track))
    .toSorted((a, b) => Number(b.fixed) - Number(a.fixed) || areaOf(a) - areaOf(b))
    .slice(0, ENOUGH_TRACKS);

const areaOf = ({ best: { fix } }: Track): number =>
  fix.ellipse.semiMajorM * fix.ellipse.semiMinorM;

/** Whether a track agrees with a set to 99 %: by how much it raises χ², against its own number of equations. */
const fits = (tracks: readonly Track[], track: Track, costing: Costing): boolean =>
  added(tracks, track, costing) <= gateOf(track, costing);

const added = (tracks: readonly Track[], track: Track, costing: Costing): number => {
  const before = costing.costOf(tracks).chi2;
  return costing.costOf([...tracks, track]).chi2 - (Number.isFinite(before) ? before : 0);
};

const gateOf = ({ best: { sighting } }: Track, { context }: Costing): number => {
  const { bearingGateChi2, pointGateChi2 } = context.association;
  const { range, point, elevation } = sighting;
  const onlyBearing =
    range === null && point === null && (elevation === null || context.terrain === undefined);
  return onlyBearing ? bearingGateChi2 : pointGateChi2;
};
