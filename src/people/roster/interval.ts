/** A stretch of time, from (inclusive) – to (exclusive). */
export type Interval = { from: Date; to: Date };

export const overlaps = (a: Interval, b: Interval): boolean => a.from < b.to && b.from < a.to;

/** What two intervals share; undefined when nothing. */
export const intersect = (a: Interval, b: Interval): Interval | undefined => {
  const from = a.from > b.from ? a.from : b.from;
  const to = a.to < b.to ? a.to : b.to;
  return from < to ? { from, to } : undefined;
};

/** What is left of an interval when the holes are cut out, in order of time. */
export const subtract = (whole: Interval, holes: readonly Interval[]): Interval[] => {
  const left: Interval[] = [];
  let { from } = whole;
  for (const hole of [...holes].sort((a, b) => a.from.getTime() - b.from.getTime())) {
    if (hole.from >= whole.to) break;
    if (hole.from > from) left.push({ from, to: hole.from });
    if (hole.to > from) from = hole.to;
  }
  if (from < whole.to) left.push({ from, to: whole.to });
  return left;
};
