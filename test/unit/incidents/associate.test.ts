import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Association, associate } from '../../../src/incidents/associate.ts';
import type { IncidentStatus } from '../../../src/incidents/candidate.ts';
import type { TrackDetection } from '../../../src/incidents/track-store.ts';
import { geodesicInverse, type LonLat, wrap180 } from '../../../src/shared/geo.ts';
import { createRandom } from '../../../src/shared/random.ts';
import type { Terrain } from '../../../src/terrain/index.ts';
import { createReplay, type Replay } from '../../accuracy/replay.ts';
import {
  bare,
  config,
  HOME,
  incident,
  type Mast,
  mast,
  newTrack,
  place,
  reports,
  sees,
} from './made-up.ts';

const fire = place(0, 5_000);
const west = mast('west', place(270, 4_000));
const east = mast('east', place(90, 4_000));
const north = mast('north', place(10, 11_000));
const south = mast('south', place(200, 3_000));

const decide = (
  detection: TrackDetection,
  ...candidates: Parameters<typeof associate>[1]
): Association => associate(newTrack(detection), candidates, bare);

const replayOf = (detections: readonly TrackDetection[], terrain?: Terrain): Replay => {
  const replay = createReplay(config, terrain);
  for (const detection of detections) replay.record(detection);
  return replay;
};
/** The devices of each live incident. */
const partition = ({ incidents }: Replay): string[][] =>
  incidents
    .filter(({ status }) => status !== 'merged')
    .map(({ tracks }) => [...tracks.keys()].toSorted());
const missM = ({ lon, lat }: { lon: number; lat: number }, at: LonLat): number =>
  geodesicInverse([lon, lat], at).distanceM;

describe('associate', () => {
  it('joins what is compatible and opens what is not', () => {
    const known = incident([reports('caller', fire)]);
    const near = reports('ranger', place(0, 200, fire), { source: 'ranger' });
    expect(decide(near, known).incidentId).toBe('i-1');
    expect(decide(reports('x', place(0, 2_000, fire)), known).incidentId).toBeNull();
    expect(decide(near).incidentId).toBeNull();
  });

  it('joins the one of several that explains it', () => {
    const a = incident([reports('a', fire)], { id: 'a' });
    const b = incident([reports('b', place(0, 700, fire))], { id: 'b' });
    expect(decide(reports('c', place(0, 650, fire)), a, b).incidentId).toBe('b');
  });

  it('makes one fire of three masts that see one smoke, another of a fourth that sees another', () => {
    const far = place(60, 12_000);
    const replay = replayOf([
      sees(west, fire),
      sees(east, fire, { atS: 5, offDeg: 0.3 }),
      sees(mast('far', place(60, 18_000)), far, { atS: 8 }),
      sees(north, fire, { atS: 10, offDeg: -0.3 }),
    ]);
    expect(partition(replay)).toEqual([['east', 'north', 'west'], ['far']]);
    expect(missM(replay.incidents[0]?.fix ?? { lon: 0, lat: 0 }, fire)).toBeLessThan(100);
  });
});

describe('frames of one camera', () => {
  it('never open a second incident', () => {
    const frames = Array.from({ length: 20 }, (_, i) =>
      sees(west, fire, { atS: 20 * i, offDeg: i % 2 === 0 ? 0.6 : -0.6 }),
    );
    expect(partition(replayOf(frames))).toEqual([['west']]);
  });

  it('show two fires when two boxes of one picture are 1.2° apart, one when the pictures differ', () => {
    // 10 km away, where 1.2° is 210 m.
    const smoke = place(0, 10_000, west.at);
    const pair = (laterS: number) => [
      sees(west, smoke),
      sees(west, smoke, { offDeg: 1.2, atS: laterS }),
    ];
    expect(partition(replayOf(pair(0)))).toEqual([['west'], ['west']]);
    expect(partition(replayOf(pair(0.4)))).toEqual([['west'], ['west']]);
    expect(partition(replayOf(pair(20)))).toEqual([['west']]);
  });

  it('follow smoke that drifts for an hour', () => {
    const drift = Array.from({ length: 61 }, (_, i) => {
      const smoke = place(90, 1_000 * (i / 60), fire);
      return [west, east].map((from) => sees(from, smoke, { atS: 60 * i }));
    });
    expect(partition(replayOf(drift.flat()))).toEqual([['east', 'west']]);
  });

  it('take back a box that jumped and for a frame seemed another fire', () => {
    const replay = replayOf([
      sees(west, fire),
      sees(west, fire, { atS: 10, offDeg: 2.2 }),
      sees(east, fire, { atS: 12 }),
      sees(north, fire, { atS: 14 }),
      sees(west, fire, { atS: 20 }),
      sees(west, fire, { atS: 30 }),
    ]);
    expect(partition(replay)).toEqual([['east', 'north', 'west']]);
  });
});

describe('time', () => {
  const known = incident([sees(west, fire)]);
  it('joins within 30 minutes by either clock', () => {
    const half = 30 * 60;
    expect(decide(sees(east, fire, { atS: half }), known).incidentId).toBe('i-1');
    expect(decide(sees(east, fire, { atS: half + 1 }), known).incidentId).toBeNull();
    const wrongZone = sees(east, fire, { atS: 8 * 3_600, receivedS: 60 });
    expect(decide(wrongZone, known).incidentId).toBe('i-1');
    const delayed = sees(east, fire, { atS: 60, receivedS: 2 * 3_600 });
    expect(decide(delayed, known).incidentId).toBe('i-1');
  });
});

describe('what people have decided', () => {
  const three = [sees(west, fire), sees(east, fire), sees(north, fire)];
  const fix = replayOf(three).incidents[0]?.fix;
  if (fix === undefined) throw new Error('no fix');

  it.each(['reported', 'acknowledged', 'verified', 'responding', 'contained'] as const)(
    'lets what fits join an incident that is %s',
    (status) => {
      expect(decide(sees(south, fire), incident(three, { status, fix })).incidentId).toBe('i-1');
    },
  );

  it.each(['closed', 'merged'] as const)('leaves an incident that is %s alone', (status) => {
    const done = incident(three, { status, fix });
    expect(decide(sees(south, fire), done).incidentId).toBeNull();
    expect(decide(sees(west, fire, { atS: 10 }), done).incidentId).toBeNull();
  });

  it('gives a dismissed incident its own sources’ frames and nobody else’s, and takes none from it', () => {
    const dismissed = incident([sees(west, fire)], { status: 'dismissed' });
    const again = sees(west, fire, { atS: 20 });
    expect(decide(again, dismissed).incidentId).toBe('i-1');
    expect(decide(sees(east, fire, { atS: 20 }), dismissed).incidentId).toBeNull();
    const real = incident([sees(east, fire), sees(north, fire), sees(south, fire)], {
      id: 'real',
      fix,
    });
    expect(decide(again, dismissed, real)).toMatchObject({ incidentId: 'i-1', moves: [] });
  });

  it.each([
    ['viirs', 'i-1'],
    ['caller', null],
    ['ranger', null],
  ] as const)(
    'gives what was dismissed for a source of kind %s its next report: %s',
    (source, id) => {
      const dismissed = incident([reports('one', fire, { source })], { status: 'dismissed' });
      const next = reports('one', fire, { source, atS: 60 });
      expect(decide(next, dismissed).incidentId).toBe(id);
    },
  );

  it('never takes tracks out of what people are at work on', () => {
    const statuses: IncidentStatus[] = ['reported', 'verified', 'responding', 'contained'];
    // East's track lies 250 m off; the newest shows with south that it is of the other fire.
    const askew = place(90, 900, fire);
    const decisions = statuses.map((status) => {
      const held = incident([sees(west, fire), sees(north, fire), sees(east, askew)], {
        id: 'held',
        status,
        fix,
      });
      const others = incident([sees(south, askew), sees(mast('m', HOME), askew)], {
        id: 'other',
        fix: replayOf([sees(south, askew), sees(mast('m', HOME), askew)]).incidents[0]?.fix ?? fix,
      });
      return decide(sees(mast('n', place(45, 3_000)), askew), held, others).moves;
    });
    expect(decisions[0]).toEqual([{ deviceId: 'east', from: 'held', to: 'other' }]);
    expect(decisions.slice(1)).toEqual([[], [], []]);
  });
});

describe('an alarm without a direction', () => {
  const around = (deviceId: string, atS = 0) =>
    reports(deviceId, place(90, 5_000, fire), {
      source: 'camera',
      radiusM: 15_000,
      method: 'vicinity',
      atS,
    });
  it('joins only what its own source opened', () => {
    const known = incident([sees(west, fire)]);
    expect(decide(around('other'), known).incidentId).toBeNull();
    expect(decide(around('west', 10), known).incidentId).toBe('i-1');
  });
  it('attracts nobody else', () => {
    const vague = incident([around('west')]);
    expect(decide(sees(east, fire), vague).incidentId).toBeNull();
    expect(decide(around('west', 10), vague).incidentId).toBe('i-1');
  });
});

describe('two cameras and two fires', () => {
  // Either way of pairing four bearings is as good: fires at (±1.5, 3) km, or at (0, 2) and (0, 6).
  const [left, right] = [place(-26.565, 3_354), place(26.565, 3_354)];
  const [a, b] = [mast('a', place(270, 3_000), 150), mast('b', place(90, 3_000), 150)];
  const four = (sigmaDeg: number, terrain?: Terrain) => [
    sees(a, left, { atS: 0, sigmaDeg, terrain }),
    sees(a, right, { atS: 0, sigmaDeg, terrain }),
    sees(b, left, { atS: 5, sigmaDeg, terrain }),
    sees(b, right, { atS: 5, sigmaDeg, terrain }),
  ];

  it('stay two readings: no crossing is presented, none is believed', () => {
    const replay = createReplay(config, undefined);
    for (const detection of four(0.5)) {
      replay.record(detection);
      for (const { fix, confidence } of replay.incidents) {
        expect(fix.method).not.toBe('intersection');
        expect(confidence).toBeLessThan(config.confidence.strongAt);
      }
    }
    expect(replay.incidents).toHaveLength(2);
    for (const { hypotheses, fix } of replay.incidents) {
      expect(hypotheses).toHaveLength(2);
      expect(fix.flags).toContain('ambiguous');
      expect(hypotheses.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6);
    }
  });

  it('are decided by a third camera', () => {
    const c = mast('c', place(0, 9_000));
    const replay = replayOf([
      ...four(0.5),
      sees(c, left, { atS: 10 }),
      sees(c, right, { atS: 12 }),
    ]);
    expect(partition(replay)).toEqual([
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
    ]);
    for (const { fix, hypotheses, confidence } of replay.incidents) {
      expect(hypotheses).toEqual([]);
      expect(fix.method).toBe('intersection');
      expect(Math.min(missM(fix, left), missM(fix, right))).toBeLessThan(100);
      expect(confidence).toBeGreaterThan(config.confidence.strongAt);
    }
  });

  it('are decided by terrain alone', () => {
    const plain: Terrain = { elevationM: () => 0, cellM: 30, maxHeightM: 0, heightSigmaM: 3 };
    const replay = replayOf(four(0.15, plain), plain);
    expect(replay.incidents).toHaveLength(2);
    for (const { fix, hypotheses } of replay.incidents) {
      expect(hypotheses).toEqual([]);
      expect(Math.min(missM(fix, left), missM(fix, right))).toBeLessThan(100);
    }
  });
});

describe('what turns out to be one fire', () => {
  const crossing = [sees(east, fire), sees(north, fire), sees(south, fire)];
  const fix = replayOf(crossing).incidents[0]?.fix;
  if (fix === undefined) throw new Error('no fix');
  const known = incident(crossing, { id: 'known', fix });
  const again = sees(west, fire, { atS: 10 });

  it('absorbs a lone sight line that nobody has acted on, at its next frame', () => {
    const lone = incident([sees(west, fire)], { id: 'lone' });
    expect(decide(again, lone, known)).toMatchObject({
      incidentId: 'known',
      moves: [{ deviceId: 'west', from: 'lone', to: 'known' }],
      absorbed: [{ from: 'lone', into: 'known' }],
    });
  });

  it('leaves it once a person has taken it, or when another fire explains it no worse', () => {
    const taken = incident([sees(west, fire)], { id: 'lone', status: 'acknowledged' });
    expect(decide(again, taken, known)).toMatchObject({ incidentId: 'lone', absorbed: [] });
    const aside = place(128, 700, fire);
    const lone = incident([sees(west, aside)], { id: 'lone' });
    expect(decide(sees(west, aside, { atS: 10 }), lone, known)).toMatchObject({
      incidentId: 'lone',
      absorbed: [],
    });
  });

  it('never merges two that each have a confirmed point, not even through what fits both', () => {
    // 400 m apart, seen by three masts each; a seventh looks along both.
    const second = place(0, 400, fire);
    const masts = [
      mast('s1', place(280, 3_000)),
      mast('s2', place(80, 3_000)),
      mast('s3', place(5, 9_000)),
    ];
    const other = masts.map((from) => sees(from, second));
    const point = replayOf(other).incidents[0]?.fix ?? fix;
    const both = decide(
      sees(mast('along', HOME), fire, { atS: 20 }),
      known,
      incident(other, { id: 'other', fix: point }),
    );
    expect(['known', 'other']).toContain(both.incidentId);
    expect(both.absorbed).toEqual([]);
    const caller = incident([reports('caller', second)], { id: 'caller' });
    const said = reports('caller', second, { atS: 20 });
    expect(decide(said, caller, known)).toMatchObject({ incidentId: 'caller', absorbed: [] });
  });
});

describe('order', () => {
  /** Fires and cameras so placed that bearings alone tell which is which. */
  const clean = fc
    .record({ seed: fc.integer({ min: 0, max: 1e6 }), fires: fc.constantFrom(2, 3) })
    .map(({ seed, fires }) => ({ seed, world: drawClean(seed, fires) }));

  it('does not matter to who is of which fire, where the geometry is clean', () => {
    fc.assert(
      fc.property(clean, ({ seed, world: { fires, masts } }) => {
        const random = createRandom(seed, 'order');
        const sent = masts.flatMap((from) =>
          fires.flatMap((at, i) =>
            [0, 1, 2].map((frame) => ({ at, frame, from, key: random.next(), i })),
          ),
        );
        const shuffled = sent.toSorted((x, y) => x.key - y.key);
        const replay = createReplay(config, undefined);
        const fireOf = new Map<string, number>();
        shuffled.forEach(({ at, from, i }, order) => {
          const detection = sees(from, at, { atS: order, sigmaDeg: 0.1 });
          fireOf.set(detection.id, i);
          replay.record(detection);
        });
        const live = replay.incidents.filter(({ status }) => status !== 'merged');
        expect(live).toHaveLength(fires.length);
        for (const { detections } of live) {
          expect(new Set(detections.map(({ id }) => fireOf.get(id))).size).toBe(1);
        }
      }),
      { numRuns: 60, seed: 3 },
    );
  });
});

/** No fire, and no third line, within this of where two lines to different fires cross: three σ and the fire's extent. */
const ALONE_KM = 0.25;

/** Places such that bearings alone tell which is which. */
const drawClean = (seed: number, fireCount: number): { fires: LonLat[]; masts: Mast[] } => {
  const random = createRandom(seed, 'clean');
  for (;;) {
    const fires = Array.from({ length: fireCount }, () =>
      place(random.between(0, 360), random.between(0, 5_000)),
    );
    const masts = Array.from({ length: random.int(3, 4) }, (_, i) =>
      mast(`m-${String(i)}`, place(random.between(0, 360), random.between(3_000, 9_000))),
    );
    if (isClean(fires, masts)) return { fires, masts };
  }
};

type Ray = { from: LonLat; azimuthDeg: number; fire: number };

const isClean = (fires: readonly LonLat[], masts: readonly Mast[]): boolean => {
  const rays = masts.map(({ at }) =>
    fires.map((target, fire): Ray => {
      return { from: at, azimuthDeg: geodesicInverse(at, target).azimuthDeg, fire };
    }),
  );
  const far = fires.every((one, i) =>
    fires.every((other, j) => i === j || geodesicInverse(one, other).distanceM > 3_000),
  );
  const apart = masts.every(({ at }, m) =>
    fires.every(
      (fire, i) =>
        geodesicInverse(at, fire).distanceM > 2_000 &&
        fires.every((_, j) => j <= i || turnDeg(rays[m]?.[i], rays[m]?.[j]) > 8),
    ),
  );
  if (!far || !apart) return false;
  for (const [i, own] of rays.entries()) {
    for (const other of rays.slice(i + 1)) {
      for (const a of own) {
        for (const b of other) {
          if (a.fire === b.fire) {
            const meet = Math.sin(((a.azimuthDeg - b.azimuthDeg) * Math.PI) / 180);
            if (Math.abs(meet) < 0.17) return false;
            continue;
          }
          const at = crossingOf(a, b);
          // A third line, or a fire, near a chance crossing would make it look true.
          if (at !== undefined && isNearAny(at, { fires, rays, except: [a, b] })) return false;
        }
      }
    }
  }
  return true;
};

const turnDeg = (a: Ray | undefined, b: Ray | undefined): number =>
  a === undefined || b === undefined ? 0 : Math.abs(wrap180(a.azimuthDeg - b.azimuthDeg));

const toKm = ([lon, lat]: LonLat): [number, number] => [
  (lon - HOME[0]) * 99.4,
  (lat - HOME[1]) * 110.8,
];

/** Where two rays cross, kilometres about HOME. */
const crossingOf = (a: Ray, b: Ray): [number, number] | undefined => {
  const [ax, ay] = toKm(a.from);
  const [bx, by] = toKm(b.from);
  const [sa, ca] = [
    Math.sin((a.azimuthDeg * Math.PI) / 180),
    Math.cos((a.azimuthDeg * Math.PI) / 180),
  ];
  const [sb, cb] = [
    Math.sin((b.azimuthDeg * Math.PI) / 180),
    Math.cos((b.azimuthDeg * Math.PI) / 180),
  ];
  const t = ((bx - ax) * cb - (by - ay) * sb) / (sa * cb - ca * sb);
  return t < 0 ? undefined : [ax + t * sa, ay + t * ca];
};

const isNearAny = (
  [x, y]: [number, number],
  {
    fires,
    rays,
    except,
  }: { fires: readonly LonLat[]; rays: readonly Ray[][]; except: readonly Ray[] },
): boolean => {
  const nearFire = fires.some((fire) => {
    const [fx, fy] = toKm(fire);
    return Math.hypot(x - fx, y - fy) < ALONE_KM;
  });
  return (
    nearFire ||
    rays.flat().some((ray) => {
      if (except.some((one) => one.from === ray.from)) return false;
      const [rx, ry] = toKm(ray.from);
      const azimuth = (ray.azimuthDeg * Math.PI) / 180;
      return Math.abs((x - rx) * Math.cos(azimuth) - (y - ry) * Math.sin(azimuth)) < ALONE_KM;
    })
  );
};

describe('work', () => {
  it('is bounded: 20 fires in one valley, 6 tracks each', () => {
    const random = createRandom(5, 'work');
    const fires = Array.from({ length: 20 }, () =>
      place(random.between(0, 360), 6_000 * Math.sqrt(random.next())),
    );
    const masts = Array.from({ length: 6 }, (_, i) => mast(`m-${String(i)}`, place(60 * i, 9_000)));
    const known = fires.map((at, i) => {
      const detections = masts.map((from) => sees(from, at));
      const only = createReplay(config, undefined);
      for (const detection of detections) only.record(detection);
      const fix = only.incidents[0]?.fix;
      if (fix === undefined) throw new Error('no fix');
      return incident(detections, { id: `i-${String(i)}`, fix });
    });
    const work = fires.map((at) => decide(sees(mast('new', HOME), at), ...known).evaluations);
    expect(Math.max(...work)).toBeGreaterThan(0);
    expect(Math.max(...work)).toBeLessThan(600);
  });
});
