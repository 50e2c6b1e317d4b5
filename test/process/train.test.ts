// `ebm train` as a process: its lines, its exit code, what it leaves behind, and the same bits from every way of computing them.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bits, blocks, checkpoint, checkpointsIn, csv, folder, jsonLines, kinds, last, ofKind, ROWS, set, VISIBLE, type Ended } from './support.ts';

const DIGEST = /^sha256:[0-9a-f]{64}$/;

describe('ebm train', { concurrency: 2 }, () => {
  const here = folder();
  const run = here.file('run');
  let trained: Ended;
  before(async () => { trained = await here.run(['train', 'job.yaml', '--out', 'run']); });
  after(() => { here.remove(); });

  test('--json prints started, progress, evaluated and checkpoint lines, and finished as the last one, and ends with 0', () => {
    assert.deepEqual([trained.status, trained.stderr], [0, '']);
    const found = kinds(trained);
    assert.deepEqual([...new Set(found)].sort(), ['checkpoint', 'evaluated', 'finished', 'progress', 'started']);
    assert.deepEqual([found[0], found.at(-1)], ['started', 'finished']);
    assert.deepEqual(ofKind(trained, 'evaluated').map(({ update }) => update), [20, 40, 60]);
    assert.deepEqual(ofKind(trained, 'checkpoint').map(({ update }) => update), [20, 40, 60]);
    assert.equal(ofKind(trained, 'progress').at(-1)?.['update'], 60);
  });

  test('every line has its fields in the documented order', () => {
    const fieldsOf = (kind: string): readonly string[] => Object.keys(ofKind(trained, kind)[0] ?? {});
    assert.deepEqual(fieldsOf('progress'), ['kind', 'update', 'updates', 'epoch', 'energyGap', 'updatesPerSecond', 'samplesPerSecond', 'secondsLeft']);
    assert.deepEqual(fieldsOf('checkpoint'), ['kind', 'update', 'path']);
    assert.deepEqual(fieldsOf('finished'), [
      'kind', 'job', 'updates', 'epochs', 'parameters', 'chains', 'ledger', 'branch', 'rollbacks', 'residentBytesMax', 'engine',
      'testLogLikelihood', 'logPartition', 'samplesPerSecond', 'seconds',
    ]);
    assert.deepEqual(fieldsOf('started'), ['kind', 'job', 'name', 'directory', 'update', 'updates', 'rows', 'visible', 'hidden', 'engine', 'threads', 'workers']);
    assert.deepEqual(fieldsOf('evaluated').slice(0, 5), ['kind', 'update', 'testLogLikelihood', 'validationLogLikelihood', 'logPartition']);
  });

  test('the lines say what was done, and every number in them is finite or null', () => {
    const { job, ...beginning } = last({ ...trained, lines: trained.lines.slice(0, 1) }, 'started');
    assert.match(String(job), DIGEST);
    assert.match(String(beginning['engine']), /^wasm\/\d+ sha256:[0-9a-f]{16}$/);
    assert.deepEqual({ ...beginning, engine: '' }, { kind: 'started', name: 'tiny', directory: 'run', update: 0, updates: 60, rows: ROWS, visible: VISIBLE, hidden: 6, engine: '', threads: 1, workers: 1 });
    const finished = last(trained, 'finished');
    for (const name of ['job', 'parameters', 'chains', 'ledger']) assert.match(String(finished[name]), DIGEST, name);
    assert.equal(finished['job'], job);
    assert.deepEqual([finished['updates'], finished['epochs'], finished['branch'], finished['rollbacks']], [60, 12, 0, 0]);
    assert.deepEqual(Object.keys(finished['logPartition'] as object), ['kind', 'mean']);
    assert.deepEqual(ofKind(trained, 'checkpoint').map(({ path }) => path), [20, 40, 60].map((update) => join('run', checkpoint(update))));
    for (const line of trained.lines) for (const [name, value] of Object.entries(line)) if (typeof value === 'number') assert.ok(Number.isFinite(value), `${line.kind} ${name}`);
    for (const name of ['residentBytesMax', 'samplesPerSecond', 'seconds']) assert.ok(Number(finished[name]) > 0, name);
  });

  test('the run directory holds job, ledger, metrics, checkpoints, samples and report, and nothing else but the lock\'s name', () => {
    assert.deepEqual(readdirSync(run).filter((name) => !name.startsWith('.lock.')).sort(), ['checkpoints', 'job.json', 'ledger.jsonl', 'metrics.jsonl', 'report.html', 'samples']);
    assert.deepEqual(checkpointsIn(run), [20, 40, 60]);
    for (const update of [20, 40, 60]) assert.deepEqual(readdirSync(join(run, checkpoint(update))).sort(), ['manifest.json', 'parameters.safetensors', 'state.bin']);
    assert.deepEqual(readdirSync(join(run, 'samples')).sort(), ['00000020.png', '00000040.png', '00000060.png']);
    const { digest, job } = JSON.parse(readFileSync(join(run, 'job.json'), 'utf8')) as { readonly digest: string; readonly job: { readonly train: { readonly updates: number }; readonly data: { readonly source: string } } };
    assert.equal(digest, last(trained, 'finished')['job']);
    assert.deepEqual([job.train.updates, job.data.source], [60, here.file('data.csv')]);
  });

  test('the ledger has a line every ledger.every updates, each chained to the one before, up to the head that finished names', () => {
    const lines = jsonLines(join(run, 'ledger.jsonl'));
    assert.deepEqual(lines.map((line) => line['update']), Array.from({ length: 12 }, (_, index) => 5 * (index + 1)));
    lines.forEach((line, index) => { if (index > 0) assert.equal(line['previous'], lines[index - 1]?.['digest']); });
    const finished = last(trained, 'finished');
    const end = lines.at(-1);
    assert.deepEqual([end?.['digest'], end?.['parameters'], end?.['chains']], [finished['ledger'], finished['parameters'], finished['chains']]);
  });

  test('the model of a checkpoint is a safetensors file with weights and biases of the documented shapes', () => {
    const bytes = readFileSync(join(run, checkpoint(60), 'parameters.safetensors'));
    const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString()) as Readonly<Record<string, { readonly dtype: string; readonly shape: readonly number[] }>>;
    const shapes = Object.entries(header).filter(([name]) => name !== '__metadata__').map(([name, { dtype, shape }]) => [name, dtype, shape]).sort();
    assert.deepEqual(shapes, [['hidden_bias', 'F32', [6]], ['visible_bias', 'F32', [VISIBLE]], ['weights', 'F32', [VISIBLE, 6]]]);
  });

  test('the report has the digests and loads nothing from elsewhere', () => {
    const report = readFileSync(join(run, 'report.html'), 'utf8');
    for (const name of ['job', 'parameters', 'chains', 'ledger']) assert.ok(report.includes(String(last(trained, 'finished')[name])), name);
    assert.doesNotMatch(report, /(?:src|href)="(?!data:|#)/);
  });

  for (const [words, changes] of [
    [['--workers', '2', '--threads', '2'], []],
    [['--workers', '3', '--threads', '1'], ['evaluate=off', 'name=other', 'ledger.every=5', 'checkpoint.keep=1']],
    [['--workers', '1', '--threads', '2'], ['resources.engine=auto']],
    [['--workers', '1'], ['resources.engine=reference']],
    [['--workers', '3'], ['resources.engine=reference', 'evaluate.every=0']],
  ] as const) {
    const name = [...words, ...set(...changes)].join(' ');
    test(`the digests do not depend on ${name}`, async () => {
      const other = await here.run(['train', 'job.yaml', ...words, ...set(...changes), '--out', name.replace(/\W+/g, '-')]);
      assert.deepEqual(bits(other), bits(trained));
      assert.equal(last(other, 'finished')['job'], last(trained, 'finished')['job']);
    });
  }

  test('another seed is another run', async () => {
    const other = await here.run(['train', 'job.yaml', '--out', 'other', ...set('seed=8')]);
    for (const name of ['job', 'parameters', 'chains', 'ledger'] as const) assert.notEqual(last(other, 'finished')[name], last(trained, 'finished')[name], name);
  });

  test('--set changes a field, and one of epochs and updates replaces the other', async () => {
    const changed = await here.run(['train', 'job.yaml', '--out', 'set', ...set('train.epochs=2', 'model.hidden=4', 'evaluate=off')]);
    const [beginning] = changed.lines;
    assert.deepEqual([beginning?.['updates'], beginning?.['hidden']], [10, 4]);
    assert.deepEqual(ofKind(changed, 'evaluated'), []);
    assert.deepEqual([last(changed, 'finished')['testLogLikelihood'], last(changed, 'finished')['logPartition']], [null, null]);
    assert.deepEqual(checkpointsIn(here.file('set')), [10]);
  });
});

describe('ebm train without --out', () => {
  const here = folder();
  after(() => { here.remove(); });

  test('takes runs/NAME-NUMBER, each process its own, after the highest that is there, and says where', async () => {
    mkdirSync(here.file('runs', 'tiny-4'), { recursive: true });
    const short = ['train', 'job.yaml', ...set('train.updates=1', 'evaluate=off')];
    const both = await Promise.all([here.run(short), here.run(short)]);
    assert.deepEqual(both.map(({ status }) => status), [0, 0]);
    assert.deepEqual(both.map(({ lines }) => lines[0]?.['directory']).sort(), ['runs/tiny-5', 'runs/tiny-6']);
    assert.deepEqual(checkpointsIn(here.file('runs', 'tiny-5')), [1]);
  });

  test('leaves no directory behind when there is nothing to train', async () => {
    const failed = await here.run(['train', 'job.yaml', ...set('name=nothing', 'data.source=none.csv')]);
    assert.equal(failed.status, 2);
    assert.equal(existsSync(here.file('runs', 'nothing-1')), false);
  });
});

describe('ebm train for people', () => {
  const here = folder();
  after(() => { here.remove(); });

  test('says on stderr what it will need, how far it is and what to do next, and the results on stdout', async () => {
    const { status, stdout, stderr } = await here.text(['train', 'job.yaml', '--out', 'run']);
    assert.equal(status, 0);
    assert.match(stdout, /^done +60 updates, 12\.0 epochs in .*\nfigure +.*\nengine +wasm.*\njob +sha256:.*\nparameters +sha256:.*\nchains +sha256:.*\nledger +sha256:[0-9a-f]{64}\n$/);
    for (const line of [/^tiny: about \d+(?:\.\d+)? MB of memory and \d/m, /^tiny: 12 x 6 units, 50 rows, 60 updates$/m, /^training  100%  update 60 of 60/m, /^checkpoint at update 40: run\/checkpoints\/00000040$/m, /^Look at run\/report\.html/m]) {
      assert.match(stderr, line);
    }
    assert.ok(!stderr.includes('\u001b') && !stdout.includes('\u001b'), 'no colours where there is no terminal');
  });

  test('finds data beside the job file, from wherever it is started', async () => {
    mkdirSync(here.file('elsewhere'));
    writeFileSync(here.file('elsewhere', 'beside.csv'), csv(blocks(2)));
    writeFileSync(here.file('elsewhere', 'job.yaml'), readFileSync(here.file('job.yaml'), 'utf8').replace('data.csv', 'beside.csv'));
    const { status } = await here.run(['train', 'elsewhere/job.yaml', '--out', 'found', ...set('train.updates=1', 'evaluate=off')]);
    assert.equal(status, 0);
  });

  test('trains on the built-in MNIST', async () => {
    writeFileSync(here.file('mnist.yaml'), 'data: { source: mnist }\nmodel: { kind: bernoulli-rbm, hidden: 16 }\ntrain: { updates: 20 }\nevaluate: off\n');
    const trained = await here.run(['train', 'mnist.yaml', '--out', 'mnist']);
    assert.deepEqual([trained.lines[0]?.['rows'], trained.lines[0]?.['visible']], [60_000, 784]);
    assert.equal(last(trained, 'finished')['updates'], 20);
  });
});
