// A process that trains nothing and writes checkpoints and ledger lines into a run directory until it is killed. It prints a line before
// and after each step: `start N`, `done N`. Arguments: the directory, and the number of the step to begin with.
import { createRunDirectory, openRunDirectory } from '../../platform/journal/run-directory.ts';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { entryOf, modelOf, runOf, snapshotOf } from '../support/run-fixtures.ts';

const directory = process.argv[2]!;
const run = existsSync(join(directory, 'job.json')) ? await openRunDirectory(directory) : await createRunDirectory(directory, runOf({ every: 20, keep: 2 }));
const found = await run.journal.restore();
const from = found.kind === 'restored' ? found.snapshot.update : 0;
if (found.kind === 'restored') await run.journal.cutLedger(found.snapshot.ledger);
// Lines to a pipe are written before the call returns, so what was printed happened.
process.stdout.write(`open ${from}\n`);
for (let update = from + 10; update < 100_000; update += 10) {
  const outcome = await run.journal.appendLedger(entryOf(update), { pid: process.pid });
  if (outcome.kind === 'differs') process.stdout.write(`differs ${update}\n`);
  process.stdout.write(`start ${update}\n`);
  // Every other one is taken twice, the second time as if a rollback had led there again.
  await run.journal.checkpoint(snapshotOf({ update, ledger: run.journal.ledgerPosition() }, 20_000), modelOf(update));
  if (update % 20 === 0) await run.journal.checkpoint(snapshotOf({ update, rateScale: 0.5, ledger: run.journal.ledgerPosition() }, 20_000), modelOf(update));
  process.stdout.write(`done ${update}\n`);
}
