import { parseArgs } from 'node:util';
import { AppError, errorMessage } from '../shared/app-error.ts';
import { importTile, nameOf } from './import-tile.ts';
import { TERRAIN_USAGE } from './terrain-usage.ts';
import { checkName, listTiles, removeTile, type TileHeader } from './tile-files.ts';

export type TerrainCommandOptions = {
  /** What follows `terrain` on the command line. */
  args: readonly string[];
  dataDir: string;
  /** Makes DATA_DIR, or throws AppError if it cannot be written to. */
  makeWritable: (folder: string) => void;
  now: () => Date;
  print: (line: string) => void;
};

/** `terrain import|list|remove|help`. Throws AppError for what the person must mend. */
export const terrainCommand = async (options: TerrainCommandOptions): Promise<void> => {
  const { command, names, sigma } = parse(options.args);
  switch (command) {
    case 'import':
      return importAll(options, names, sigma);
    case 'list':
      return list(options);
    case 'remove':
      return remove(options, names);
    case 'help':
      return options.print(TERRAIN_USAGE.trimEnd());
    default:
      throw new AppError(
        'bad_request',
        `unknown terrain command "${command}"; use import FILE…, list, remove NAME… or help`,
      );
  }
};

type Parsed = { command: string; names: string[]; sigma: number | undefined };

const parse = (args: readonly string[]): Parsed => {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { sigma: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    const [command = 'help', ...names] = positionals;
    return {
      command: values.help === true ? 'help' : command,
      names,
      sigma: sigmaOf(values.sigma),
    };
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('bad_request', `${errorMessage(error)}; see: npm run terrain -- help`);
  }
};

const sigmaOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const sigma = Number(text);
  if (text.trim() !== '' && sigma > 0 && sigma <= 1_000) return sigma;
  throw new AppError('bad_request', `--sigma "${text}" is not a number of metres, as in --sigma 6`);
};

const importAll = async (
  { dataDir, makeWritable, now, print }: TerrainCommandOptions,
  files: readonly string[],
  heightSigmaM: number | undefined,
): Promise<void> => {
  if (files.length === 0) {
    throw new AppError('bad_request', 'which file? npm run terrain -- import N26E113.hgt');
  }
  refuseTwins(files);
  makeWritable(dataDir);
  for (const [i, file] of files.entries()) {
    const step = files.length === 1 ? '' : `[${i + 1}/${files.length}] `;
    print(`${step}reading ${file}`);
    print(describe(await importTile({ dataDir, file, heightSigmaM, now: now() })));
  }
  print('stored; the service uses it from its next start');
};

/** Two files that would take one name: the second would replace the first unseen. */
const refuseTwins = (files: readonly string[]): void => {
  const byName = new Map<string, string>();
  for (const file of files) {
    const name = nameOf(file);
    const twin = byName.get(name);
    if (twin !== undefined) {
      throw new AppError('bad_request', `${twin} and ${file} would both be "${name}"; rename one`);
    }
    byName.set(name, file);
  }
};

const list = async ({ dataDir, print }: TerrainCommandOptions): Promise<void> => {
  const tiles = await listTiles(dataDir);
  if (tiles.length === 0) print('no terrain is stored; npm run terrain -- import FILE…');
  for (const tile of tiles) print(describe(tile));
};

const remove = async (
  { dataDir, print }: TerrainCommandOptions,
  names: readonly string[],
): Promise<void> => {
  if (names.length === 0) {
    throw new AppError('bad_request', 'which tile? npm run terrain -- list shows their names');
  }
  for (const name of names) {
    if (!(await removeTile(dataDir, checkName(name)))) {
      throw new AppError('not_found', `no tile "${name}" is stored; see: npm run terrain -- list`);
    }
    print(`${name} removed`);
  }
};

const describe = (tile: TileHeader): string => {
  const { name, source, west, north, lonStep, latStep, width, height } = tile;
  const [east, south] = [west + (width - 1) * lonStep, north - (height - 1) * latStep];
  const box = `${west.toFixed(4)}…${east.toFixed(4)}°E ${south.toFixed(4)}…${north.toFixed(4)}°N`;
  const heights = `${Math.round(tile.lowestM)}…${Math.round(tile.highestM)} m ± ${tile.heightSigmaM.toFixed(0)}`;
  const voids = tile.voids === 0 ? '' : `, ${tile.voids} voids`;
  return `${name}: ${source}, ${width}×${height}, ${box}, ${heights}${voids}`;
};
