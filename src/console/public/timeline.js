/** What every further frame of a camera brings; a row each would bury what people did. */
const ROUTINE = new Set(['detection_added', 'fix_updated']);

/** A detection that came from another incident is no routine. */
const isRoutine = ({ type, data }) => ROUTINE.has(type) && data?.from === undefined;

/** Routine events of one kind between two others become one row with their number, told at the last of them (`event`), beginning with `first`. */
export const condense = (events) => {
  const rows = [];
  let run = new Map();
  for (const event of events) {
    if (!isRoutine(event)) {
      rows.push({ event, first: event, count: 1 });
      run = new Map();
      continue;
    }
    const known = run.get(event.type);
    if (known === undefined) {
      const row = { event, first: event, count: 1 };
      run.set(event.type, row);
      rows.push(row);
    } else {
      known.event = event;
      known.count += 1;
    }
  }
  return rows;
};
