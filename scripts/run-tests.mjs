// Runs the test files that it is given, in their order, and reports as `node --test` does, which would sort them by name and, on two cores,
// run one at a time (with `--long` that is so here too). A process of its own, because test files inherit its flags.
import { availableParallelism } from 'node:os';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

const words = process.argv.slice(2);
const files = words.filter((word) => word !== '--long');
/** Files wait for processes, leases and the disk: two at a time even on two cores. Long ones compute. */
const concurrency = Math.max(words.includes('--long') ? 1 : 2, availableParallelism() - 1);
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    process.exitCode = 1;
    stopping.abort();
  });
}
run({ files, concurrency, signal: stopping.signal })
  .on('test:fail', () => { process.exitCode = 1; })
  .compose(spec)
  .pipe(process.stdout);
