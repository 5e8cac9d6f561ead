import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Type, { type Static } from 'typebox';
import { AppError, errorMessage } from '../shared/app-error.ts';
import { compileSchema } from '../shared/schema.ts';

const DemoStateSchema = Type.Object({
  seed: Type.Integer({ minimum: 0 }),
  /** How often this county has been started; each run has a fire of its own. */
  runs: Type.Integer({ minimum: 0 }),
  /** MQTT secret of each device: the service tells it once and keeps only a hash. */
  secrets: Type.Record(Type.String(), Type.String()),
  people: Type.Record(
    Type.String(),
    Type.Object({ id: Type.String(), mqttSecret: Type.Optional(Type.String()) }),
  ),
  /** Somebody is on duty until then, RFC 3339. */
  shiftsUntil: Type.Optional(Type.String()),
});
/** What the demo must remember to start again with the same data. */
export type DemoState = Static<typeof DemoStateSchema>;

const checkState = compileSchema(DemoStateSchema);

export type DemoStateFile = {
  /** undefined before the first run. */
  read(): Promise<DemoState | undefined>;
  write(state: DemoState): Promise<void>;
};

/** `demo-secrets.json` in the data folder, readable by its owner only, replaced whole or not at all. */
export const createDemoStateFile = (dataDir: string): DemoStateFile => {
  const file = join(dataDir, 'demo-secrets.json');
  let writing: Promise<void> = Promise.resolve();
  const replace = async (text: string): Promise<void> => {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.new`, text, { mode: 0o600 });
    await rename(`${file}.new`, file);
  };
  return {
    async read() {
      let text: string;
      try {
        text = await readFile(file, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw unusable(file, errorMessage(error), error);
      }
      const state = checkState(parseJson(file, text));
      if (state.ok) return state.value;
      throw unusable(file, state.errors.map((e) => `${e.path} ${e.message}`).join('; '), undefined);
    },
    write(state) {
      const text = JSON.stringify(state, null, 1);
      // One after the other: two renames of the same name would race.
      writing = writing.catch(() => undefined).then(() => replace(text));
      return writing;
    },
  };
};

const parseJson = (file: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unusable(file, errorMessage(error), error);
  }
};

const unusable = (file: string, reason: string, cause: unknown): AppError =>
  new AppError(
    'startup',
    `${file} cannot be used (${reason}); start the demo with another DATA_DIR, or delete this one`,
    { cause },
  );
