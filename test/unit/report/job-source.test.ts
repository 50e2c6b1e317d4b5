import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { jobSource, shellWord } from '../../../cli/report/job-source.ts';
import type { CompiledJob } from '../../../ebm/job.ts';
import { compileJob } from '../../../platform/config/compile.ts';
import { parseJob } from '../../../platform/config/read.ts';
import { madeUpJob } from '../../support/report-input.ts';

const { train } = madeUpJob;
const variants: Readonly<Record<string, CompiledJob>> = {
  'epochs, sgd, ais': madeUpJob,
  'updates, adam, averaged': { ...madeUpJob, train: { ...train, epochs: null, updates: 77, average: 0.99, optimiser: { ...train.optimiser, kind: 'adam', learningRate: 1e-5, beta1: 0, schedule: 'geometric' } } },
  'cd without chains, evaluation off': { ...madeUpJob, train: { ...train, objective: 'cd', steps: 25, chains: null }, evaluate: 'off' },
  'exact, stochastic, validation': { ...madeUpJob, model: { ...madeUpJob.model, hidden: 16, centred: false }, data: { source: "a 'b': #c.npy", binarise: 'stochastic', validation: 500 },
    evaluate: { every: 0, logPartition: { kind: 'exact' } }, facts: { ...madeUpJob.facts, trainingRows: 59_500, validationRows: 500 }, train: { ...train, updates: 5950 } },
};

for (const [name, job] of Object.entries(variants)) {
  test(`the job file in a report compiles to the job it came from: ${name}`, () => {
    assert.deepEqual(compileJob(parseJob(jobSource(job)), job.facts), job);
  });
}

test('a quoted word stands for exactly its text in a shell', () => {
  assert.equal(shellWord('runs/mnist-rbm-1'), 'runs/mnist-rbm-1');
  assert.equal(shellWord("it's"), "'it'\\''s'");
  assert.equal(shellWord('-rf'), './-rf');
  const words = fc.sample(fc.string({ unit: fc.constantFrom('a', ' ', "'", '"', '$', '`', '\\', ';', '\n', '*', 'é', '&') , minLength: 1, maxLength: 12 }), { seed: 31, numRuns: 40 });
  const printed = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${words.map(shellWord).join(' ')}`], { encoding: 'utf8' });
  assert.deepEqual(printed.split('\0').slice(0, -1), words);
});
