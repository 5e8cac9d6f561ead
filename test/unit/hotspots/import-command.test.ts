import { expect, it } from 'vitest';
import { importCommand } from '../../../src/hotspots/import-command.ts';

const run = async (args: readonly string[]): Promise<string[]> => {
  const printed: string[] = [];
  await importCommand({
    args,
    print: (line) => printed.push(line),
    withStages: () => Promise.reject(new Error('nothing may be opened')),
  });
  return printed;
};

it.each([
  [['hotspots'], 'which file?'],
  [['regions', 'x'], 'cannot be imported here'],
  [['hotspots', 'x.csv', '--age', '1'], 'import -- help'],
  [['hotspots', 'x.csv', '--max-age', 'old'], '--max-age "old" is no number'],
  [['hotspots', 'x.csv', '--max-age', '0'], '--max-age "0" is no number'],
  [['hotspots', '/nowhere/x.csv'], 'cannot read /nowhere/x.csv'],
])('%j is refused before anything is opened, and says why', async (args, reason) => {
  await expect(run(args)).rejects.toThrow(reason);
});

it('explains itself', async () => {
  for (const args of [[], ['help'], ['hotspots', '--help']]) {
    expect((await run(args)).join()).toContain('--max-age HOURS');
  }
});
