// The bits themselves, as literals: a change of what a job means shows here, even one that changes every engine and fleet alike. Such a
// change is a decision record and a new format version (EXACT.md), never a quiet correction of this file.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompiledJob } from '../../ebm/job.ts';
import { chainsDigest, parametersDigest } from '../../coordinator/shell/digest.ts';
import { ADAM, trainRun } from '../support/engine-run.ts';
import { engines } from './engines.ts';
import { bitsOf, randomCut, runFleet, type Bits } from './fleet.ts';
import { jobOf, jobOfWay, materialOf, RESCUES, WAYS, type Changes } from './jobs.ts';

const engineOf = engines();

const changesOf = (way: string): Changes => WAYS.find(([name]) => name === way)![1];
const EVERYTHING: Changes = {
  ...changesOf('stochastic data'),
  optimiser: { ...ADAM, schedule: 'geometric', weightDecay: 0.01 },
  train: { batch: 13, chains: 17, average: 0.9 },
};

const GOLDEN: readonly (readonly [string, CompiledJob, Bits])[] = [
  ['PCD-1', jobOfWay(changesOf('PCD-1'), 0), {
    update: 24, branch: 0, rollbacks: 0, state: '631a6f2f32430f2c',
    parameters: 'sha256:f617b50c1af2a229359b4c33fa948dc8dc13ce19b9f6054f7db01823a23d16ff',
    chains: 'sha256:fdf8948dc894753084fbd30ef37d705fb2fc2f66da054eeb1a3c7ab275b74f28',
    ledger: 'sha256:e55964948bb1d6c20876069db9b478fa664f59a8473d59d58334ad00d6cb6c38',
  }],
  ['CD-2', jobOfWay(changesOf('CD-2'), 0), {
    update: 24, branch: 0, rollbacks: 0, state: 'bf70a82318d7bc79',
    parameters: 'sha256:67ecda50b63aacad0c5d464c3669ce69c35601b1831ba097fa3f14a692f85439',
    chains: null,
    ledger: 'sha256:10ac9a8af185741426e8fa25b3ebb57be04dbc32ed186e204a5b318a1ea5fb35',
  }],
  ['Adam with decay and average on stochastic data, more chains than samples, staleness 1', jobOfWay(EVERYTHING, 1), {
    update: 24, branch: 0, rollbacks: 0, state: '12a93f5ad62e1635',
    parameters: 'sha256:bdc5d570499f8f29bd377df30f593d9cdced36f8cf9008442a089d3c9e214007',
    chains: 'sha256:f42a325795de788ec27702cc9b6dd63455bdcacd485ed2bc700d0db88154fa3c',
    ledger: 'sha256:3dab33ea7c14c8bb5e350b2d5a50bfa413b8e680fbae48edd9fdc2f5b5c2e61c',
  }],
  [RESCUES[0]![0], jobOf(RESCUES[0]![1]), {
    update: 24, branch: 2, rollbacks: 2, state: 'ae702cbad1cdad1b',
    parameters: 'sha256:776e4f3d9c7e10739c229310f0e0a9a73c0058ee41f78d0d9f6bc8ffcb0ea96a',
    chains: 'sha256:0655192d01f0a64b9a1f2737b79bc837ab394fb75fba55585fe5088cc6f832ee',
    ledger: 'sha256:84eb80f20d9b6c3be542df502b7ae742e943cbf84c91bd95b4e60a3a8859bb41',
  }],
];

for (const [name, job, expected] of GOLDEN) {
  test(`${name}: the digests are the committed ones`, async () => {
    assert.deepEqual(await bitsOf(await runFleet(job, { engine: engineOf('reference') })), expected);
    const fleet = { engine: engineOf('wasm on 2 threads'), workers: 3, wire: 'bytes', rules: { cut: randomCut(3) } } as const;
    assert.deepEqual(await bitsOf(await runFleet(job, fleet)), expected);
  });
}

for (const [name, job, expected] of GOLDEN.slice(0, 2)) {
  test(`${name}: the committed digests are those of a bare loop without any role`, async () => {
    const { state, chains } = await trainRun(engineOf('reference'), materialOf(job).problem, job.train.updates);
    assert.equal(parametersDigest(state.masters), expected.parameters);
    assert.equal(chains.length === 0 ? null : chainsDigest(chains), expected.chains);
  });
}
