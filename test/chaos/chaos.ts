// `npm run chaos -- --rounds 50 --seed 1`: kill -9 between PUBLISH and PUBACK, again and again.
import { parseArgs } from 'node:util';
import { crashRun } from './crash-run.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const [rounds, seed] = [Number(values.rounds), Number(values.seed)];
if (
  values.help ||
  !Number.isInteger(rounds) ||
  rounds < 1 ||
  rounds > 1000 ||
  !Number.isInteger(seed)
) {
  say('npm run chaos -- [--rounds 1..1000, default 50] [--seed N, default 1]');
  process.exit(values.help ? 0 : 1);
}

say(`kill -9 between PUBLISH and PUBACK, ${rounds} times, seed ${seed}`);
const started = performance.now();
const result = await crashRun({ rounds, seed, print: say });
for (const [name, value] of Object.entries(result)) say(`${name.padEnd(20)} ${value}`);
say(`took ${((performance.now() - started) / 1000).toFixed(0)} s`);
process.exit(result.wrongLinks === 0 && result.lostSms === 0 ? 0 : 1);
