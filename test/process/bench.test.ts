// `ebm bench`: sizes that it cannot have are mistakes, each with its flag and what is accepted; a signal ends it between two updates or repetitions, with
// nothing that looks like a result.
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { test } from 'node:test';
import { assertRefused, ended, started } from './support.ts';

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

const TOO_MUCH: readonly (readonly [words: readonly string[], message: RegExp])[] = [
  [['train', '--visible', '10000000'], /^--visible 10000000 is too large\. Accepted: a whole number from 1 to 1048576 \(units\)\.$/],
  [['gibbs', '--hidden', '65537'], /^--hidden 65537 is too large\. Accepted: a whole number from 1 to 65536 \(units\)\.$/],
  [['kernels', '--batch', '2000000'], /^--batch 2000000 is too large\. Accepted: a whole number from 1 to 1048576 \(rows\)\.$/],
  [['train', '--chains', '2000000'], /^--chains 2000000 is too large\. Accepted: .* \(chains\)\.$/],
  [['ais', '--runs', '2000000'], /^--runs 2000000 is too large\. Accepted: .* \(runs\)\.$/],
  [['train', '--visible', '100000', '--hidden', '10000'], /^--visible 100000 by --hidden 10000 are 1,000,000,000 weights\. Accepted: at most 134,217,728\.$/],
  [['gibbs', '--visible', '100', '--hidden', '65536', '--chains', '1000000'], /^the states of --chains 1000000 take 8,192,000,000 bytes\. Accepted: at most 1,073,741,824, that is 131,072 chains of this size\.$/],
  [['langevin', '--threads', '3'], /^--batch 128 is to be cut evenly among 3 threads\. Accepted: a multiple of 3, or another --threads\.$/],
  [['langevin', '--threads', '1', '--batch', '8', '--chains', '20'], /^--chains 20 are to be cut into batches of 8\. Accepted: a multiple of 8\.$/],
  [['langevin', '--threads', '1', '--model', 'conv', '--visible', '785'], /and --visible 785 is no square\. Accepted: for example 784\.$/],
  [['langevin', '--threads', '1', '--visible', '100', '--hidden', '65536'], /^--visible 100 and --hidden 65536 make an energy of 4,\d{3},\d{3},\d{3} parameters\. Accepted: at most 268,435,456\.$/],
  [['langevin', '--threads', '1', '--visible', '1000000', '--hidden', '2'], /^the states of --chains 1280 take 5,120,000,000 bytes\./],
];

for (const [words, message] of TOO_MUCH) test(`bench ${words.join(' ')} is refused before it begins`, () => assertRefused(['bench', ...words], 'wrong-size', message));

test('bench refuses flags of another benchmark and engines that it does not measure', async () => {
  await assertRefused(['bench', 'train', '--engine', 'reference'], 'no-such-benchmark', /^benchmarks measure the wasm and the tensorflow engine$/);
  await assertRefused(['bench', 'train', '--model', 'conv'], 'no-such-benchmark', /^--model is the energy of langevin$/);
  await assertRefused(['bench', 'ais', '--engine', 'tensorflow'], 'no-such-benchmark', /^annealing is the wasm engine's work with either$/);
  await assertRefused(['bench', 'cluster', '--visible', '100'], 'no-such-benchmark', /^a cluster's job has 784 visible units, those of mnist, not 100$/);
  await assertRefused(['bench', 'cluster', '--peer'], 'no-such-benchmark', /interleaves by itself$/);
});
