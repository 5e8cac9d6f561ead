/** What every further frame of a camera brings; a row each would bury what people did. */
const ROUTINE = new Set(['detection_added', 'fix_updated']);

/** Routine events of one kind between two others become one row with their number, told at the last of them. */
export const condense = (events) => {
  const rows = [];
  let run = new Map();
  for (const event of events) {
    if (!ROUTINE.has(event.type)) {
      rows.push({ event, count: 1 });
      run = new Map();
      continue;
    }
    const known = run.get(event.type);
    if (known === undefined) {
      const row = { event, count: 1 };
      run.set(event.type, row);
      rows.push(row);
    } else {
      known.event = event;
      known.count += 1;
    }
  }
  return rows;
};
