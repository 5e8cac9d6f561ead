import { startSmsc } from '../support/smsc.ts';

/** An SMS centre that answers at once; prints where it listens. */
const smsc = await startSmsc();
process.stdout.write(`${smsc.url}\n`);
