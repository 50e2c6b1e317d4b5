// Energies and score models through the library's door: the digests and numbers of the commands, of a model as a value or in its directory; what a
// model says of rows is held to a Gaussian whose answer is known.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { evaluate, open, resume, sample, train, type EnergyModel, type Job, type RealSamples, type ScoreModel } from '../../index.ts';
import { ebm } from '../support/small-run.ts';
import { temporaryFolder, type Told } from './support.ts';

const folder = temporaryFolder();
/** What opens in no time; the other engines' bits are held to the commands' by their own tests. */
const REST = { checkpoint: { every: 10 }, ledger: { every: 5 }, resources: { engine: 'reference' } } as const;
const optimiser = { kind: 'adam', learningRate: 0.001 } as const;
const ENERGY = {
  name: 'tiny', data: { source: 'eight-gaussians' }, model: { kind: 'energy', energy: { kind: 'mlp', layers: [8] } },
  train: { objective: 'pcd', batch: 16, microbatch: 4, chains: 64, steps: 2, updates: 20, sampler: { stepSize: 0.05 }, start: { kind: 'normal' }, optimiser, average: 0.9 },
  evaluate: { every: 0, logPartition: { kind: 'quadrature', points: 40 } }, ...REST,
} satisfies Job;
const SCORES = {
  name: 'scores', data: { source: 'two-moons' }, model: { kind: 'score', network: { kind: 'mlp', layers: [8], features: 4 }, noise: { kind: 've', sigmaMin: 0.05, sigmaMax: 5 } },
  train: { objective: 'denoising', batch: 16, microbatch: 4, updates: 10, optimiser }, evaluate: 'off', ...REST,
} satisfies Job;
const [energyRun, scoreRun] = [join(folder, 'energy'), join(folder, 'scores')];
let energy: EnergyModel;
let scores: ScoreModel;

before(async () => {
  [{ model: energy }, { model: scores }] = await Promise.all([train(ENERGY, { directory: energyRun }).result, train(SCORES, { directory: scoreRun }).result]);
});

const last = (text: string): Told => JSON.parse(text.trim().split('\n').at(-1)!) as Told;

/** The last object that a command told. */
async function told(...words: readonly string[]): Promise<Told> {
  const { exitCode, stdout, stderr } = await ebm(...words, '--json');
  assert.equal(exitCode, 0, stderr);
  return last(stdout);
}

function floatsIn(path: string): Float32Array {
  const file = readFileSync(path);
  return new Float32Array(new Uint8Array(file.subarray(10 + file.readUInt16LE(8))).buffer);
}

/** The energy with other data. */
const changed = (change: Partial<EnergyModel>): EnergyModel => Object.assign(Object.create(Object.getPrototypeOf(energy) as object) as EnergyModel, energy, change);

describe('train', () => {
  test('in memory, in a directory and resumed: one model, that of the directory', async () => {
    const { facts, model, directory } = await train(ENERGY, { threads: 2, workers: 2 }).result;
    const again = await resume(energyRun).result;
    assert.ok(facts.kind === 'finished' && again.facts.kind === 'finished');
    assert.deepEqual([directory, facts.parameters, facts.chains, facts.ledger], [null, again.facts.parameters, again.facts.chains, again.facts.ledger]);
    assert.deepEqual(model, again.model);
    assert.deepEqual(await open(energyRun), model);
    assert.deepEqual([...model.parameters.keys()], ['dense_00/bias', 'dense_00/weights', 'output/bias', 'output/weights']);
    assert.deepEqual([model.visible, model.shape, model.update, model.branch, model.chains?.length], [2, [2], 20, 0, 128]);
  });

  test('of a score model gives one without chains, and an earlier checkpoint is opened by its update', async () => {
    assert.deepEqual(await open(scoreRun), scores);
    assert.deepEqual([scores.kind, 'chains' in scores, scores.job.model.noise.kind], ['score', false, 've']);
    assert.equal((await open(energyRun, { update: 10 })).update, 10);
  });
});

describe('an energy', () => {
  test('has samples: those of `ebm sample`, of a directory and of a value', async () => {
    for (const [name, flags, options] of [
      ['own', [], {}],
      ['noise', ['--start', 'noise', '--sampler', 'annealed', '--temperature', '2', '--step-size', '0.1'], { start: 'noise', sampler: 'annealed', temperature: 2, stepSize: 0.1 }],
      ['mala', ['--sampler', 'mala'], { sampler: 'mala' }],
    ] as const) {
      const out = join(folder, `${name}.npy`);
      const { acceptance } = await told('sample', energyRun, '--count', '40', '--steps', '12', '--out', out, ...flags);
      const expected = { kind: 'real', count: 40, visible: 2, steps: 12, values: floatsIn(out), acceptance };
      assert.deepEqual(await sample(energyRun, { ...options, count: 40, steps: 12 }), expected);
      assert.deepEqual(await sample(energy, { ...options, count: 40, steps: 12 }), expected);
    }
  });

  test('is sampled by its seed, from 64 chains for 100 steps, and from copies for 1,000', async () => {
    const of = async (seed: number): Promise<Float32Array> => (await sample(energy, { count: 4, steps: 3, seed })).values;
    assert.deepEqual(await of(1), (await sample(energy, { count: 4, steps: 3 })).values);
    assert.notDeepEqual(await of(1), await of(2));
    assert.equal((await sample(energy, { count: 64 })).steps, 100);
    assert.equal((await sample(energy, { count: 65 })).steps, 1_000);
  });

  test('has the energies of `ebm score`, and scores that are their slope', async () => {
    const rows = [0.5, -1, -3, 2.5, 40, 1];
    writeFileSync(join(folder, 'rows.csv'), '0.5,-1\n-3,2.5\n40,1\n');
    const printed = await ebm('score', energyRun, join(folder, 'rows.csv'));
    const energies = await energy.energies(rows);
    assert.deepEqual(printed.stdout.trim().split('\n').map(Number), [...energies]);
    const slopes = await energy.scores(rows);
    const step = 1 / 64;
    const around = await energy.energies([-1, 1].flatMap((side) => [0, 1].flatMap((axis) => rows.map((x, i) => x + (i % 2 === axis ? side * step : 0)))));
    slopes.forEach((slope, i) => {
      const [row, axis] = [i >> 1, i % 2];
      assert.ok(Math.abs(slope - (around[axis * 3 + row]! - around[6 + axis * 3 + row]!) / (2 * step)) < 1e-3, `slope ${i}`);
    });
  });

  test('is measured as by `ebm evaluate`', async () => {
    for (const [flags, options] of [[[], {}], [['--runs', '20', '--betas', '50'], { runs: 20, betas: 50 }]] as const) {
      const { path, seconds, ...figures } = await told('evaluate', energyRun, ...flags);
      assert.ok(typeof path === 'string');
      for (const of of [energyRun, energy]) assert.deepEqual({ ...await evaluate(of, options), seconds }, { ...figures, seconds });
    }
  });

  test('as a structured clone is its data, and changed tensors are what is computed with', async () => {
    assert.deepEqual(structuredClone(energy).parameters, energy.parameters);
    const zeros = new Map([...energy.parameters].map(([name, { shape, data }]) => [name, { shape, data: new Float32Array(data.length) }]));
    assert.deepEqual([...await changed({ parameters: zeros }).energies([1, 2, 3, 4])], [0, 0]);
    await assert.rejects(sample(changed({ parameters: new Map() }), { count: 1 }), { code: 'wrong-model', message: /tensor dense_00\/bias has no elements where 8 belong/ });
  });
});

describe('a score model', () => {
  test('has samples: those of `ebm sample`, of a directory and of a value', async () => {
    const out = join(folder, 'scores.npy');
    await told('sample', scoreRun, '--count', '9', '--steps', '6', '--method', 'ode', '--seed', '5', '--out', out);
    const expected: RealSamples = { kind: 'real', count: 9, visible: 2, steps: 6, values: floatsIn(out), acceptance: null };
    assert.deepEqual(await sample(scoreRun, { count: 9, steps: 6, method: 'ode', seed: 5 }), expected);
    assert.deepEqual(await sample(scores, { count: 9, steps: 6, method: 'ode', seed: 5 }), expected);
    assert.deepEqual([(await sample(scores, { count: 1 })).steps, (await sample(scores, { count: 1, method: 'ode' })).steps], [250, 50]);
  });

  test('is measured as by `ebm evaluate`', async () => {
    const { path, seconds, ...figures } = await told('evaluate', scoreRun, '--rows', '30', '--steps', '8');
    assert.ok(typeof path === 'string');
    for (const of of [scoreRun, scores]) assert.deepEqual({ ...await evaluate(of, { rows: 30, steps: 8 }), seconds }, { ...figures, seconds });
  });

  test('has scores at any noise that it was trained with: under much of it those of a Gaussian around all data', async () => {
    const rows = [4, -3];
    const [x, y] = await scores.scores(rows, { sigma: 5 });
    // A network that has hardly learned predicts what is right for normal data of deviation `dataDeviation`, 1: - x / (sigma^2 + 1).
    assert.ok(Math.abs(x! + 4 / 26) < 0.05 && Math.abs(y! - 3 / 26) < 0.05, `${x!} ${y!}`);
    await assert.rejects(scores.scores(rows, { sigma: 0.01 }), { code: 'wrong-option', message: /^sigma is 0\.01, and the model was trained with noise of deviations from 0\.05 to / });
  });
});

test('wrong options are refused by name', async () => {
  const refused: readonly (readonly [() => Promise<unknown>, RegExp])[] = [
    [() => sample(energyRun, { count: 1, method: 'ode' }), /^method is for a score model, and the model is an energy$/],
    [() => sample(scoreRun, { count: 1, temperature: 2 }), /^temperature is for an energy, and the model is a score model$/],
    [() => sample(energy, { count: 0 }), /^count is 0, and must be a whole number from 1 to 32000000$/],
    [() => sample(energy, { count: 1, stepSize: -1 }), /^stepSize is -1, and must be a number above 0$/],
    [() => sample(energy, { count: 1, sampler: 'gibbs' as 'ula' }), /^sampler is "gibbs", and must be ula, mala, hmc or annealed$/],
    [() => energy.energies([1, 2, 3]), /^rows has 3 numbers, which are not whole rows of 2$/],
    [() => energy.scores([1, NaN]), /^number 1 of rows is NaN, and must be finite$/],
  ];
  for (const [asked, message] of refused) await assert.rejects(asked, { name: 'UsageError', code: 'wrong-option', message });
  await assert.rejects(evaluate(energyRun, { exact: true }), { name: 'UsageError', code: 'no-such-figure' });
  await assert.rejects(evaluate(scoreRun, { betas: 10 }), { name: 'UsageError', code: 'no-such-figure' });
  await assert.rejects(evaluate(energyRun, { steps: 10 }), { name: 'UsageError', code: 'wrong-option' });
  await assert.rejects(sample(changed({ chains: null }), { count: 1, start: 'chains' }), { name: 'UsageError', code: 'no-chains' });
});

test('a signal stops what is under way, with its reason', async () => {
  const stop = new AbortController();
  await assert.rejects(sample(energy, { count: 64, steps: 1_000_000, signal: stop.signal, onProgress: () => { stop.abort('enough'); } }), (reason) => reason === 'enough');
  await assert.rejects(energy.energies([0, 0], { signal: AbortSignal.abort('no') }), (reason) => reason === 'no');
});
