const say = (line: string): void => void process.stdout.write(`${line}\n`);

export type Report = {
  heading: (text: string) => void;
  /** A row of values under the last heading. */
  row: (cells: readonly (string | number)[]) => void;
  note: (text: string) => void;
  /** A number the issue demands: missed ones make the command fail. */
  target: (
    name: string,
    value: number,
    demand: { unit: string; from?: number; below: number },
  ) => void;
  /** Prints how many targets were missed, and returns that. */
  close: () => number;
};

const NAME_WIDTH = 40;
const CELL_WIDTH = 11;

export const createReport = (): Report => {
  let missed = 0;
  let met = 0;
  return {
    heading: (text) => say(`\n${text}`),
    row: ([name, ...cells]) =>
      say(
        `  ${String(name).padEnd(NAME_WIDTH)}${cells.map((c) => String(c).padStart(CELL_WIDTH)).join('')}`,
      ),
    note: (text) => say(`  ${text}`),
    target: (name, value, { unit, from, below }) => {
      const good = value <= below && value >= (from ?? Number.NEGATIVE_INFINITY);
      if (good) met += 1;
      else missed += 1;
      const wanted = from === undefined ? `≤ ${below}` : `${from}–${below}`;
      const shown = value < 10 ? value.toPrecision(2) : value.toFixed(1);
      say(
        `  ${name.padEnd(NAME_WIDTH)}${`${shown} ${unit}`.padStart(CELL_WIDTH)}   wanted ${wanted}  ${good ? 'met' : 'MISSED'}`,
      );
    },
    close: () => {
      say(`\n${met} targets met, ${missed} missed`);
      return missed;
    },
  };
};

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

export const percent = (yes: number, all: number): number => (100 * yes) / all;
