import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = resolve(import.meta.dirname, '../../../src');

/** Files at the top of src/ and src/wiring put the stages together; everything else is a stage, or shared. */
const COMPOSERS = ['', 'wiring'];

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  .map((name) => join(SRC, name));

const roomOf = (file: string): string => {
  const [first, ...rest] = relative(SRC, file).split(sep);
  return rest.length === 0 ? '' : (first ?? '');
};

const imports = files.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map((match) => ({
    from: file,
    to: resolve(dirname(file), match[1] ?? ''),
  })),
);

const show = ({ from, to }: { from: string; to: string }): string =>
  `${relative(SRC, from)} imports ${relative(SRC, to)}`;

describe('dependencies point one way', () => {
  it('shared knows no stage', () => {
    const wrong = imports.filter(
      ({ from, to }) => roomOf(from) === 'shared' && roomOf(to) !== 'shared',
    );
    expect(wrong.map(show)).toEqual([]);
  });

  it('a stage reaches another through its index.ts only', () => {
    const wrong = imports.filter(({ from, to }) => {
      const [room, target] = [roomOf(from), roomOf(to)];
      return (
        room !== target &&
        target !== 'shared' &&
        !COMPOSERS.includes(target) &&
        !to.endsWith('index.ts')
      );
    });
    expect(wrong.map(show)).toEqual([]);
  });

  it('no stage knows the pipeline', () => {
    const wrong = imports.filter(
      ({ from, to }) => !COMPOSERS.includes(roomOf(from)) && COMPOSERS.includes(roomOf(to)),
    );
    expect(wrong.map(show)).toEqual([]);
  });
});
