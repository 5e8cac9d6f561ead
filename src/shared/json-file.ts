import { readFile } from 'node:fs/promises';
import { AppError, errorMessage } from './app-error.ts';

/**
 * The value in a JSON file of the configuration; undefined when there is no such file. Throws AppError('startup') when
 * it cannot be read or is not JSON.
 */
export const readJsonFile = async (file: string): Promise<unknown> => {
  const text = await readText(file);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError(
      'startup',
      `${file} is not valid JSON (${errorMessage(error)}); correct it`,
      { cause: error },
    );
  }
};

const readText = async (file: string): Promise<string | undefined> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new AppError('startup', `cannot read ${file} (${errorMessage(error)})`, { cause: error });
  }
};
