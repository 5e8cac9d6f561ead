import type { Entry } from './entry.ts';
import type { Search } from './search.ts';

/** Entries outside the trees, looked at one by one. */
export type LooseEntries = {
  add(entry: Entry): void;
  drop(entry: Entry): void;
  count(): number;
  all(): readonly Entry[];
  search(search: Search): void;
};

/** x, y, z and radius of each entry's sphere side by side: following pointers to them took 150 ns an entry, this 5. */
const SPHERE = 4;

export const createLooseEntries = (): LooseEntries => {
  const entries: Entry[] = [];
  const slots = new Map<Entry, number>();
  let spheres = new Float64Array(64 * SPHERE);

  const place = (entry: Entry, slot: number): void => {
    entries[slot] = entry;
    slots.set(entry, slot);
    const { centre, radiusM } = entry.shape;
    spheres.set([...centre, radiusM], slot * SPHERE);
  };

  return {
    add(entry) {
      if ((entries.length + 1) * SPHERE > spheres.length) {
        const larger = new Float64Array(2 * spheres.length);
        larger.set(spheres);
        spheres = larger;
      }
      place(entry, entries.length);
    },
    drop(entry) {
      const slot = slots.get(entry);
      if (slot === undefined) return;
      slots.delete(entry);
      const last = entries.pop();
      if (last !== undefined && last !== entry) place(last, slot);
    },
    count: () => entries.length,
    all: () => entries,
    search(search) {
      for (let slot = 0; slot < entries.length; slot++) {
        const at = slot * SPHERE;
        const entry = entries[slot];
        if (entry !== undefined && search.mayHold(spheres, at)) search.offerWhole(entry);
      }
    },
  };
};
