import Flatbush from 'flatbush';
import { around, within } from 'geoflatbush';
import type { Entry } from './entry.ts';
import type { Search } from './search.ts';
import { type Piece, piecesOf } from './shape.ts';

/**
 * Pieces in one shard. A shard is built in one go, and nothing else runs meanwhile: 4,096 take about 2 ms.
 * Smaller shards would make queries visit more of them.
 */
export const SHARD_PIECES = 4_096;

/** A static box tree over the pieces of some resources. */
export type Shard = {
  tree: Flatbush;
  entries: readonly Entry[];
  /** Per piece: its entry, and its vertices from…to, or INSIDE_OF − polygon in `from` for the inside of a polygon. */
  owner: Uint32Array;
  from: Int32Array;
  to: Int32Array;
};

const INSIDE_OF = -1;

export const buildShard = (
  members: readonly { entry: Entry; pieces: readonly Piece[] }[],
): Shard => {
  const count = members.reduce((sum, { pieces }) => sum + pieces.length, 0);
  const tree = new Flatbush(count);
  const owner = new Uint32Array(count);
  const from = new Int32Array(count);
  const to = new Int32Array(count);
  let i = 0;
  for (const [index, { pieces }] of members.entries()) {
    for (const piece of pieces) {
      tree.add(...piece.bbox);
      owner[i] = index;
      from[i] = 'polygon' in piece ? INSIDE_OF - piece.polygon : piece.from;
      to[i] = 'polygon' in piece ? 0 : piece.to;
      i++;
    }
  }
  tree.finish();
  return { tree, entries: members.map(({ entry }) => entry), owner, from, to };
};

/** Pieces of the entries that still count. */
export const livePieces = (shard: Shard): number => {
  let live = 0;
  for (const owner of shard.owner) if (shard.entries[owner]?.dead === false) live++;
  return live;
};

const offer = (shard: Shard, piece: number, search: Search): void => {
  const entry = shard.entries[shard.owner[piece] ?? 0];
  if (entry === undefined || entry.dead) return;
  const from = shard.from[piece] ?? 0;
  if (from <= INSIDE_OF) search.offerInside(entry, INSIDE_OF - from);
  else search.offerRun(entry, from, shard.to[piece] ?? 0);
};

/**
 * Offers some pieces nearest by box; more and more while the search does not know k resources, until all were
 * offered. Several pieces may belong to one resource, or to a dead one, hence the growing portions. Gives how many were offered.
 */
export const seedFromShard = (shard: Shard, search: Search): number => {
  const [lon, lat] = search.point;
  let offered = 0;
  for (let portion = 2 * search.k + 6; ; portion *= 4) {
    const nearest = around(shard.tree, lon, lat, portion, search.boxRadiusKm());
    for (const piece of nearest.slice(offered)) offer(shard, piece, search);
    offered = nearest.length;
    if (offered < portion || search.isBounded()) return offered;
  }
};

/** Offers every piece whose box may hold something nearer than the k resources known so far. */
export const searchShard = (shard: Shard, search: Search): void => {
  const [lon, lat] = search.point;
  for (const piece of within(shard.tree, lon, lat, search.boxRadiusKm())) {
    offer(shard, piece, search);
  }
};

export const piecesForShard = (entry: Entry): { entry: Entry; pieces: readonly Piece[] } => ({
  entry,
  pieces: piecesOf(entry.shape),
});
