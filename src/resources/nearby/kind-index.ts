import Flatbush from 'flatbush';
import { around } from 'geoflatbush';
import type { Steps } from '../slices.ts';
import type { Entry } from './entry.ts';
import { hilbert } from './hilbert.ts';
import { createLooseEntries } from './loose-entries.ts';
import type { Search } from './search.ts';
import type { Piece } from './shape.ts';
import {
  buildShard,
  livePieces,
  piecesForShard,
  SHARD_PIECES,
  type Shard,
  searchShard,
  seedFromShard,
} from './shard.ts';

/**
 * The resources of one kind: static shards, and the loose entries that came since. Nothing is ever rebuilt
 * as a whole: packing takes the loose entries and the half-empty shards, one shard a step, while the old
 * ones go on answering.
 */
export type KindIndex = {
  add(entry: Entry): void;
  /** The entry must have been marked dead. */
  drop(entry: Entry): void;
  search(search: Search): void;
  looseCount(): number;
  pack(): Steps<void>;
};

export const createKindIndex = (): KindIndex => {
  let loose = createLooseEntries();
  let packing = createLooseEntries();
  let shards: readonly Shard[] = [];
  let shardTree: Flatbush | undefined;

  /** Nearest first, by box; only those that may still hold something nearer than what is known. */
  const shardsFor = (search: Search): readonly Shard[] => {
    if (shardTree === undefined) return [];
    const [lon, lat] = search.point;
    const found = around(shardTree, lon, lat, Infinity, search.boxRadiusKm());
    return found.flatMap((i) => shards[i] ?? []);
  };

  return {
    add: (entry) => loose.add(entry),
    drop(entry) {
      loose.drop(entry);
      packing.drop(entry);
    },
    search(search) {
      loose.search(search);
      packing.search(search);
      // First a few from each shard, so that the bound is nearly final before any is searched in full: the
      // box of a shard may hold the point while its resources are far away.
      for (const shard of shardsFor(search)) {
        const offered = seedFromShard(shard, search);
        if (offered === 0 && search.isBounded()) break;
      }
      // Not bounded even now: fewer than k exist, and every piece has been offered.
      if (!search.isBounded()) return;
      for (const shard of shardsFor(search)) searchShard(shard, search);
    },
    looseCount: () => loose.count(),
    *pack() {
      packing = loose;
      loose = createLooseEntries();
      const sparse = new Set(shards.filter((shard) => livePieces(shard) < SHARD_PIECES / 2));
      const entries = [...packing.all(), ...[...sparse].flatMap((shard) => shard.entries)];
      const built: Shard[] = [];
      for (const group of inGroups(yield* alongCurve(entries.filter((entry) => !entry.dead)))) {
        built.push(buildShard(group));
        yield;
      }
      shards = [...shards.filter((shard) => !sparse.has(shard)), ...built];
      shardTree = treeOf(shards);
      packing = createLooseEntries();
    },
  };
};

const treeOf = (shards: readonly Shard[]): Flatbush | undefined => {
  if (shards.length === 0) return undefined;
  const tree = new Flatbush(shards.length);
  for (const shard of shards) {
    tree.add(shard.tree.minX, shard.tree.minY, shard.tree.maxX, shard.tree.maxY);
  }
  tree.finish();
  return tree;
};

/** Room for the index below the curve's 32 bits in a double's 53. */
const MAX_SORTED = 2 ** 21;
const KEYS_PER_STEP = 10_000;

/** Neighbours on the map become neighbours in the list, so that each shard covers a compact area. */
function* alongCurve(entries: readonly Entry[]): Steps<readonly Entry[]> {
  const middles = entries.map(({ shape: { bbox } }) => ({
    x: (bbox[0] + bbox[2]) / 2,
    y: (bbox[1] + bbox[3]) / 2,
  }));
  yield;
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of middles) {
    minX = Math.min(minX, x);
    maxX = Math.max(maxX, x);
    minY = Math.min(minY, y);
    maxY = Math.max(maxY, y);
  }
  const width = Math.max(maxX - minX, maxY - minY, 1e-9);
  const keys = new Float64Array(entries.length);
  for (const [i, { x, y }] of middles.entries()) {
    keys[i] = hilbert((x - minX) / width, (y - minY) / width) * MAX_SORTED + (i % MAX_SORTED);
    if (i % KEYS_PER_STEP === 0) yield;
  }
  keys.sort();
  return Array.from(keys).flatMap((key) => entries[key % MAX_SORTED] ?? []);
}

type Member = { entry: Entry; pieces: readonly Piece[] };

/** Runs of entries with about SHARD_PIECES pieces; a single huge resource may exceed it. */
function* inGroups(entries: readonly Entry[]): Generator<readonly Member[]> {
  let group: Member[] = [];
  let count = 0;
  for (const entry of entries) {
    const member = piecesForShard(entry);
    if (group.length > 0 && count + member.pieces.length > SHARD_PIECES) {
      yield group;
      group = [];
      count = 0;
    }
    group.push(member);
    count += member.pieces.length;
  }
  if (group.length > 0) yield group;
}
