// `evaluate` and `sample` of the library: the numbers of the commands, of a model as a value or in its directory.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { npyBytes } from '../../cli/export/npy.ts';
import { THREADS_MAX } from '../../cli/compose/engines.ts';
import { THREADS_MAX as COMMAND_THREADS_MAX } from '../../cli/commands/training.ts';
import { THREADS_MAX as POOL_THREADS_MAX } from '../../engine/pool/pool.ts';
import { evaluate, open, sample, train, type BoltzmannModel, type BoltzmannSampling, type Samples, type WorkProgress } from '../../index.ts';
import { ebm, JOB, program, temporaryFolder } from './support.ts';

const folder = temporaryFolder();
const directory = join(folder, 'run');
let model: BoltzmannModel;
before(async () => { ({ model } = await train(JOB, { directory }).result); });

/** The values of an .npy file of bytes. */
function bytesIn(path: string): Uint8Array {
  const file = readFileSync(path);
  return new Uint8Array(file.subarray(10 + file.readUInt16LE(8)));
}

const UPPER = Uint8Array.from({ length: 16 }, (_, i) => (i < 8 ? 1 : 0));

describe('evaluate', () => {
  test('gives the figures of `ebm evaluate`, of a directory and of a value', async () => {
    for (const [flags, options] of [[[], {}], [['--runs', '20', '--betas', '50'], { runs: 20, betas: 50 }]] as const) {
      const told = ebm('evaluate', directory, ...flags).at(-1)!;
      for (const what of [directory, model]) {
        const figures = await evaluate(what, { ...options, threads: 1 });
        assert.deepEqual({ ...figures, seconds: told['seconds'], path: told['path'] }, told);
        assert.ok(figures.seconds > 0);
      }
    }
  });

  test('tells how far it is', async () => {
    const heard: WorkProgress[] = [];
    await evaluate(model, { runs: 8, betas: 20, onProgress: (progress) => { heard.push(progress); } });
    assert.deepEqual([heard[0]?.what, heard[0]?.total, heard.at(-1)?.done], ['AIS', 8, 8]);
  });

  test('hands on warnings', async () => {
    const warnings: string[] = [];
    await evaluate(model, { runs: 2, betas: 5, raise: true, onWarning: (message) => { warnings.push(message); } });
    assert.deepEqual(warnings, ['RAISE and reverse AIS start from rows of a test set, and the data has none: they are left out']);
  });

  test('refuses options that contradict each other, and wrong ones by name', async () => {
    await assert.rejects(evaluate(model, { exact: true, betas: 10 }), { name: 'UsageError', code: 'conflicting-flags' });
    await assert.rejects(evaluate(model, { betas: 0.5 }), { name: 'UsageError', code: 'wrong-option', message: /^betas is 0\.5, / });
    await assert.rejects(evaluate(model, { betas: 1 }), { name: 'ConfigError', code: 'job-invalid', message: /evaluate\.logPartition\.betas: 1 / });
    await assert.rejects(evaluate(join(folder, 'none')), { name: 'StorageError', code: 'missing' });
  });

  test('refuses data that have changed', async () => {
    const changed: BoltzmannModel = { ...model, job: { ...model.job, data: { ...model.job.data, source: 'mnist' } } };
    await assert.rejects(evaluate(changed), { name: 'DataError', code: 'changed' });
  });

  test('rejects with the reason of a signal, before or in the middle', async () => {
    await assert.rejects(evaluate(model, { signal: AbortSignal.abort(new Error('no')) }), { message: 'no' });
    const stop = new AbortController();
    const measuring = evaluate(model, { runs: 1_000, betas: 200, signal: stop.signal, onProgress: () => { stop.abort(); } });
    await assert.rejects(measuring, { name: 'AbortError' });
  });
});

describe('sample', () => {
  test('gives the bits of `ebm sample`, of a directory and of a value', async () => {
    for (const count of [5, 40]) { // fewer than the run's 12 chains, and more
      const out = join(folder, `samples-${count}.npy`);
      const told = ebm('sample', directory, '--count', String(count), '--steps', '9', '--out', out).at(-1);
      assert.equal(told?.['count'], count);
      for (const what of [directory, model]) {
        const samples: Samples = await sample(what, { count, steps: 9, threads: 1 });
        assert.ok(samples.kind === 'binary');
        assert.deepEqual([samples.count, samples.visible, samples.steps], [count, 16, 9]);
        assert.deepEqual(samples.bits, bytesIn(out));
        assert.ok(samples.means.length === count * 16 && samples.means.every((mean) => mean >= 0 && mean <= 1));
      }
    }
  });

  test('takes 100 steps from the chains, 1,000 from copies or random states, 500 given known units', async () => {
    const known = { mask: UPPER, values: UPPER };
    assert.equal((await sample(model, { count: 12 })).steps, 100);
    assert.equal((await sample(model, { count: 13 })).steps, 1_000);
    assert.equal((await sample({ ...model, chains: null }, { count: 1 })).steps, 1_000);
    assert.equal((await sample(model, { count: 1, known })).steps, 500);
  });

  test('depends on the seed alone', async () => {
    const of = async (seed: number): Promise<Uint8Array> => (await sample(model, { count: 12, steps: 20, seed })).bits;
    assert.deepEqual(await of(1), await of(1));
    assert.notDeepEqual(await of(1), await of(2));
    assert.deepEqual(await of(model.job.seed), (await sample(model, { count: 12, steps: 20 })).bits);
  });

  test('given known units is `ebm inpaint`, and leaves them as they are', async () => {
    const rows = Uint8Array.from({ length: 3 * 16 }, (_, i) => (i * 7 + (i >> 4)) % 3 === 0 ? 1 : 0);
    writeFileSync(join(folder, 'rows.csv'), [0, 1, 2].map((row) => rows.subarray(row * 16, (row + 1) * 16).join(',')).join('\n'));
    writeFileSync(join(folder, 'mask.npy'), npyBytes({ values: UPPER, shape: [16] }));
    ebm('inpaint', directory, join(folder, 'rows.csv'), '--known', join(folder, 'mask.npy'), '--steps', '30', '--out', join(folder, 'filled.npy'));
    const { bits, means } = await sample(model, { count: 3, steps: 30, known: { mask: UPPER, values: rows } });
    assert.deepEqual(bits, bytesIn(join(folder, 'filled.npy')));
    bits.forEach((bit, i) => { if (i % 16 < 8) assert.deepEqual([bit, means[i]], [rows[i], rows[i]]); });
  });

  test('given one row for all samples is given it for each', async () => {
    const row = Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? 1 : 0));
    const once = await sample(model, { count: 2, steps: 3, known: { mask: UPPER, values: row } });
    const twice = await sample(model, { count: 2, steps: 3, known: { mask: UPPER, values: [...row, ...row] } });
    assert.deepEqual(once, twice);
  });

  test('does not look at values that are not known', async () => {
    const values = Array.from({ length: 16 }, (_, i) => (i < 8 ? 1 : NaN));
    assert.equal((await sample(model, { count: 1, steps: 1, known: { mask: UPPER, values } })).bits.length, 16);
  });

  test('refuses wrong options by name', async () => {
    const refused: readonly (readonly [BoltzmannSampling, RegExp])[] = [
      [{ count: 0 }, /^count is 0, and must be a whole number from 1 to 16777216$/],
      [{ count: 1, steps: -1 }, /^steps is -1, /],
      [{ count: 1, seed: 2 ** 32 }, /^seed is 4294967296, /],
      [{ count: 1, threads: 65 }, /^threads is 65, and must be a whole number from 1 to 64$/],
      [{ count: 1, known: { mask: [1], values: UPPER } }, /^known\.mask has 1 elements, and the model 16 visible units$/],
      [{ count: 3, known: { mask: UPPER, values: [1, 0] } }, /^known\.values has 2 elements where 16 belong, or 48 for 3 samples$/],
      [{ count: 1, known: { mask: UPPER.map((bit) => 2 * bit), values: UPPER } }, /^element 0 of known\.mask is 2, and must be 0 or 1$/],
      [{ count: 1, known: { mask: UPPER, values: Array.from(UPPER, () => 0.5) } }, /^element 0 of known\.values is 0\.5, /],
    ];
    for (const [options, message] of refused) await assert.rejects(sample(model, options), { name: 'UsageError', code: 'wrong-option', message });
  });

  test('rejects with the reason of a signal', async () => {
    const stop = new AbortController();
    await assert.rejects(sample(model, { count: 1_000, steps: 1_000_000, signal: stop.signal, onProgress: () => { stop.abort('enough'); } }), (reason) => reason === 'enough');
  });
});

test('a model of other parameters than a run could have is refused', async () => {
  const refused: readonly (readonly [Partial<BoltzmannModel>, RegExp])[] = [
    [{ weights: model.weights.map((weight) => weight + 1e-4) }, /element 0 is .* nats, which is not on the grid of 1\/1024 nats/],
    [{ hiddenBias: new Float32Array(8) }, /^hiddenBias of the model has 8 elements where 9 belong$/],
    [{ hidden: 10 }, /^the model has 16 x 10 units, and its job 16 x 9$/],
    [{ chains: new Uint8Array(3) }, /^the model's chains are no multiple of 2 bytes$/],
  ];
  for (const [change, message] of refused) await assert.rejects(sample({ ...model, ...change }, { count: 1 }), { name: 'UsageError', code: 'wrong-model', message });
});

test('a model whose parameters were changed on the grid is sampled as it is', async () => {
  const certain: BoltzmannModel = { ...model, weights: new Float32Array(16 * 9), visibleBias: new Float32Array(16).fill(31) };
  assert.deepEqual((await sample(certain, { count: 2, steps: 1 })).bits, new Uint8Array(32).fill(1));
});

test('a damaged checkpoint is passed over with a warning that names it', async () => {
  const damaged = join(folder, 'damaged');
  await train(JOB, { directory: damaged }).result;
  const path = join(damaged, 'checkpoints', '00000040', 'parameters.safetensors');
  writeFileSync(path, readFileSync(path).subarray(1));
  const warnings: string[] = [];
  const { update } = await open(damaged, { onWarning: (message) => { warnings.push(message); } });
  assert.equal(update, 30);
  assert.match(warnings.join('\n'), /00000040.*passed over/);
  const { status, stderr } = program(`await library.open(${JSON.stringify(damaged)});`, folder);
  assert.equal(status, 0);
  assert.match(stderr, /EbmWarning: .*00000040.*passed over/, 'who does not listen is told by Node');
});

test('the command, the compositions and the pool agree on how many threads there may be', () => {
  assert.deepEqual([THREADS_MAX, COMMAND_THREADS_MAX], [POOL_THREADS_MAX, POOL_THREADS_MAX]);
});
