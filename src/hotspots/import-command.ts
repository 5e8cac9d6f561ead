import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { AppError, errorMessage } from '../shared/app-error.ts';
import { NO_COUNTY } from './hotspot-worker.ts';
import { IMPORT_USAGE } from './import-usage.ts';
import { type HotspotSummary, type TakeDeps, takeHotspots } from './take-hotspots.ts';

export type ImportCommandOptions = {
  /** What follows `import` on the command line. */
  args: readonly string[];
  print: (line: string) => void;
  /** Runs work with the service's database and stages, and ends them. */
  withStages: <T>(work: (deps: TakeDeps) => Promise<T>) => Promise<T>;
};

const MAX_FAULTS_SHOWN = 20;
const MAX_AGE_HOURS = 24 * 366 * 30;

/** `import hotspots FILE…`. Returns whether every row could be read. Throws AppError for what the person must mend. */
export const importCommand = async (options: ImportCommandOptions): Promise<boolean> => {
  const parsed = parse(options.args);
  if (parsed === 'help') {
    options.print(IMPORT_USAGE.trimEnd());
    return true;
  }
  const { files, dryRun, maxAgeMs } = parsed;
  const tables = await Promise.all(
    files.map(async (file) => ({ file, text: await readTable(file) })),
  );
  return options.withStages(async (deps) => {
    let allRead = true;
    for (const { file, text } of tables) {
      const outcome = await takeHotspots(deps, text, {
        dryRun,
        ...(maxAgeMs === undefined ? {} : { maxAgeMs }),
        onProgress: (done, of) => {
          if (done % 100 === 0) options.print(`${file}: ${done} of ${of} fires`);
        },
      });
      if (outcome.kind === 'unreadable') {
        throw new AppError('bad_request', `${file} is no table of hotspots: ${outcome.reason}`);
      }
      if (outcome.kind === 'no_county') throw new AppError('bad_request', NO_COUNTY);
      for (const line of describe(file, outcome, dryRun)) options.print(line);
      allRead &&= outcome.faults.length === 0;
    }
    return allRead;
  });
};

type Parsed = { files: string[]; dryRun: boolean; maxAgeMs: number | undefined };

const parse = (args: readonly string[]): Parsed | 'help' => {
  const { values, positionals } = argumentsIn(args);
  const [what, ...files] = positionals;
  if (values.help === true || what === undefined || what === 'help') return 'help';
  if (what !== 'hotspots') {
    throw new AppError(
      'bad_request',
      `"${what}" cannot be imported here; use: import hotspots FILE`,
    );
  }
  if (files.length === 0) {
    throw new AppError('bad_request', 'which file? npm run import -- hotspots fires.csv');
  }
  return { files, dryRun: values['dry-run'] === true, maxAgeMs: ageOf(values['max-age']) };
};

const argumentsIn = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        'dry-run': { type: 'boolean' },
        'max-age': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new AppError('bad_request', `${errorMessage(error)}; see: npm run import -- help`, {
      cause: error,
    });
  }
};

const ageOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const hours = Number(text);
  if (text.trim() !== '' && hours > 0 && hours <= MAX_AGE_HOURS) return hours * 3_600_000;
  throw new AppError(
    'bad_request',
    `--max-age "${text}" is no number of hours, as in --max-age 24`,
  );
};

const readTable = async (file: string): Promise<string> => {
  try {
    return file === '-' ? await textOf(process.stdin) : await readFile(file, 'utf8');
  } catch (error) {
    throw new AppError('bad_request', `cannot read ${file}: ${errorMessage(error)}`, {
      cause: error,
    });
  }
};

/** What became of a file's rows, a line each. */
const describe = (
  file: string,
  { rows, faults, leftOut, recorded, opened }: HotspotSummary,
  dryRun: boolean,
): string[] => {
  const { old, outside, known, weak } = leftOut;
  const more = faults.length - MAX_FAULTS_SHOWN;
  return [
    `${file}: ${rows} rows; ${outside} outside the county, ${old} too old, ${known} known, ${weak} too uncertain, ${faults.length} not read`,
    dryRun
      ? `${file}: ${recorded} fires would be taken (dry run)`
      : `${file}: ${recorded} fires taken; ${opened} opened an incident, ${recorded - opened} joined one`,
    ...faults.slice(0, MAX_FAULTS_SHOWN).map(({ line, message }) => `  line ${line}: ${message}`),
    ...(more > 0 ? [`  and ${more} lines more`] : []),
  ];
};
