// `ebm bench` as a process: a signal ends it between two updates or repetitions, with nothing that looks like a result.
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { test } from 'node:test';
import { ended, started } from './support.ts';

const SIZE = ['--visible', '256', '--hidden', '256', '--threads', '1', '--json'];
/** Long beside the start of a process, and short beside these benchmarks, which take tens of seconds. */
const STARTING_MS = 1_500;

const CASES = [
  ['train', 'SIGINT', 130, ['--k', '50']],
  ['kernels', 'SIGTERM', 143, ['--k', '50']],
  ['gibbs', 'SIGINT', 130, ['--chains', '10000']],
] as const;

for (const [benchmark, signal, exitCode, words] of CASES) {
  test(`bench ${benchmark} is stopped by ${signal}, and exits with ${exitCode}`, { timeout: 60_000 }, async () => {
    const child = started(['bench', benchmark, ...SIZE, ...words], { cwd: process.cwd() });
    const end = ended(child);
    await setTimeout(STARTING_MS);
    child.kill(signal);
    const { status, lines } = await end;
    assert.equal(status, exitCode);
    assert.deepEqual(lines.map(({ kind, code, message }) => [kind, code, message]), [['failed', 'stopped', `stopped by ${signal} before it was done; no file was written`]]);
  });
}
