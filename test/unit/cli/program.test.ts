import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { buildProgram, everyCommand } from '../../../cli/commands/program.ts';
import type { TrainOptions } from '../../../cli/commands/actions.ts';
import { fakeActions, jsonLines, keptSink, ran } from './support.ts';

/** What the action of `ebm WORDS` is asked, without its signal. */
async function asked(...words: string[]): Promise<{ readonly command: string; readonly options: Record<string, unknown> }> {
  const { actions, asked: list } = fakeActions();
  const { exitCode, stderr } = await ran(words, actions);
  assert.equal(exitCode, 0, stderr);
  const [only] = list;
  assert.ok(only !== undefined && list.length === 1);
  const { signal, ...options } = only.options as Record<string, unknown>;
  assert.ok(only.command === 'inspect' || signal instanceof AbortSignal);
  return { command: only.command, options };
}

test('train reads the job, lays --set over it and hands over the rest', async () => {
  const { options } = await asked('train', 'examples/mnist-rbm.yaml', '--set', 'seed=3', '--set', 'train.updates=7', '--threads', '2', '--workers', '3', '--serve', '9464', '--out', 'runs/x');
  const { spec, ...rest } = options as unknown as TrainOptions;
  assert.deepEqual([spec.seed, spec.train.updates, spec.train.epochs], [3, 7, null]);
  assert.deepEqual(rest, { baseFolder: resolve('examples'), out: 'runs/x', threads: 2, workers: 3, serve: '9464' });
});

test('what is left out arrives as null', async () => {
  const { options } = await asked('train', 'examples/mnist-rbm.yaml');
  assert.deepEqual([options['out'], options['threads'], options['workers'], options['serve']], [null, null, 1, null]);
});

test('every other command hands over its arguments and flags', async () => {
  const run = { directory: 'runs/a', update: null, threads: null };
  assert.deepEqual(await asked('resume', 'runs/a', '--set', 'train.epochs=20'), { command: 'resume', options: { directory: 'runs/a', overrides: ['train.epochs=20'], threads: null, workers: 1, serve: null } });
  assert.deepEqual(await asked('evaluate', 'runs/a', '--exact', '--update', '600'), { command: 'evaluate', options: { ...run, update: 600, exact: true, runs: null, betas: null, raise: false, reverse: false } });
  assert.deepEqual(await asked('evaluate', 'runs/a', '--runs', '50', '--betas', '300', '--raise', '--reverse'), { command: 'evaluate', options: { ...run, exact: false, runs: 50, betas: 300, raise: true, reverse: true } });
  assert.deepEqual(await asked('sample', 'runs/a', '--count', '64', '--out', 'd.png'), { command: 'sample', options: { ...run, count: 64, steps: null, out: 'd.png', moves: { sampler: undefined, stepSize: undefined, temperature: undefined, start: undefined } } });
  assert.deepEqual(await asked('transform', 'runs/a', 'mnist', '--out', 'f.npy'), { command: 'transform', options: { ...run, data: 'mnist', test: false, out: 'f.npy' } });
  assert.deepEqual(await asked('score', 'runs/a', 'd.npy', '--test'), { command: 'score', options: { ...run, data: 'd.npy', test: true, out: null } });
  assert.deepEqual(await asked('inpaint', 'runs/a', 'd.npy', '--known', 'm.npy', '--steps', '9'), { command: 'inpaint', options: { ...run, data: 'd.npy', test: false, known: 'm.npy', steps: 9, out: 'inpainted.png', moves: { sampler: undefined, stepSize: undefined, temperature: undefined } } });
  assert.deepEqual(await asked('export', 'runs/a', '--format', 'npz'), { command: 'export', options: { ...run, format: 'npz', out: null } });
  assert.deepEqual(await asked('verify', 'runs/a', '--from', '0', '--to', '600'), { command: 'verify', options: { directory: 'runs/a', from: 0, to: 600, threads: null } });
  assert.deepEqual(await asked('inspect', 'runs/a'), { command: 'inspect', options: { directory: 'runs/a' } });
  assert.deepEqual(await asked('bench', 'train', '--k', '10', '--batch', '500', '--peer'), {
    command: 'bench',
    options: { benchmark: 'train', threads: null, visible: null, hidden: null, batch: 500, k: 10, chains: null, runs: null, betas: null, engine: 'auto', model: null, peer: true, cluster: { workers: null, updates: null, staleness: 0, repetitions: null } },
  });
});

test('the exit code of an action is the exit code of the command', async () => {
  for (const code of [0, 1, 2, 3, 130, 141, 143] as const) {
    assert.equal((await ran(['inspect', 'x'], fakeActions(code).actions)).exitCode, code);
  }
});

test('what an action throws is one block on stderr, and with --json one line of kind failed', async () => {
  const { actions } = fakeActions(0, () => Promise.reject(Object.assign(new Error('the disk is full'), { code: 'disk-full', name: 'StorageError' })));
  const text = await ran(['inspect', 'x'], actions);
  assert.deepEqual([text.exitCode, text.stdout, text.stderr], [1, '', 'error: the disk is full\n']);
  const machine = await ran(['inspect', 'x', '--json'], actions);
  assert.deepEqual([machine.exitCode, machine.stderr], [1, '']);
  assert.deepEqual(jsonLines(machine.stdout), [{ kind: 'failed', code: 'disk-full', message: 'the disk is full', advice: null, update: null }]);
});

const MISTAKES: readonly (readonly [readonly string[], RegExp])[] = [
  [['tran', 'x'], /unknown command 'tran'\. Did you mean train\?\nSee `ebm --help`\./],
  [['train', 'x', '--treads', '2'], /unknown option '--treads'\. Did you mean --threads\?\nSee `ebm train --help`\./],
  [['train'], /missing required argument 'FILE'\nSee `ebm train --help`\./],
  [['train', 'a', 'b'], /too many arguments.*\nSee `ebm train --help`\./],
  [['train', 'x', '--threads', '0'], /option '--threads <N>' argument '0' is invalid\. Accepted: a whole number from 1 to 64\./],
  [['worker', '--gpu'], /--gpu is for the tensorflow engine, and --engine is wasm\nAdd --engine tensorflow\./],
  [['worker', '--engine', 'tensorflow', '--allow-cpu'], /--allow-cpu is for --gpu, which is not given/],
  [['worker', '--engine', 'cuda'], /Accepted: wasm, tensorflow, reference\./],
  [['engine', 'install', 'torch'], /Accepted: tensorflow\./],
  [['worker', '--name', 'a.b'], /'a\.b' is invalid\. Accepted: 1 to 128 letters, digits, - and _\./],
  [['train', 'x', '--threads', '1e2'], /'1e2' is invalid\. Accepted: a whole number/],
  [['train', 'x', '--out'], /option '--out <DIR>' argument missing/],
  [['export', 'x', '--format', 'npy'], /'npy' is not accepted for --format <FORMAT>\. Accepted: safetensors, npz\. Did you mean npz\?/],
  [['bench', 'gibs'], /'gibs' is not accepted for BENCHMARK\. Accepted: kernels, train, gibbs, ais, langevin, cluster\. Did you mean gibbs\?/],
  [['transform', 'x', 'y'], /required option '--out <FILE>' not specified/],
  [['evaluate', ''], /^error: DIR is empty\nGive a name\.\n$/],
  [['score', 'x', ''], /^error: DATA is empty\n/],
  [['train', ''], /^error: FILE is empty\n/],
  [['explain', ' '], /^error: FILE_OR_FIELD is empty\n/],
  [['show', ''], /^error: ID is empty\n/],
  [['sample', 'x', '--out', ''], /^error: --out is empty\nGive a name, or leave it out\.\n$/],
  [['inpaint', 'x', 'y', '--known', ''], /^error: --known is empty\nGive a name\.\n$/],
  [['engine'], /engine needs a command: list, install\nSee `ebm engine --help`\./],
  [['engine', 'lost'], /unknown command 'lost'\. Did you mean list\?\nSee `ebm engine --help`\./],
  [['engine', 'lost', '--help'], /unknown command 'lost'\. Did you mean list\?/],
  [['tran', '--help'], /unknown command 'tran'\. Did you mean train\?\nSee `ebm --help`\./],
  [['help', 'tran'], /unknown command 'tran'\. Did you mean train\?\nSee `ebm --help`\./],
  [['help', 'engine', 'lost'], /unknown command 'lost'\. Did you mean list\?/],
  [['nothing-like-it', 'train'], /unknown command 'nothing-like-it'\. Commands: train, resume, .*\nSee `ebm --help`\./s],
  [['verify', 'x', '--from', '5', '--to', '5'], /--from 5 --to 5 is no range of updates/],
  [['train', 'no-such-job.yaml'], /no-such-job\.yaml: there is no such file/],
  [['train', 'examples/mnist-rbm.yaml', '--set', 'train.epoch=3'], /Did you mean train\.epochs\?/],
];
for (const [words, message] of MISTAKES) {
  test(`a mistake that exits with 2: ebm ${words.join(' ')}`, async () => {
    const { actions, asked: list } = fakeActions();
    const { exitCode, stdout, stderr } = await ran(words, actions);
    assert.equal(exitCode, 2);
    assert.match(stderr, /^error: /);
    assert.match(stderr, message);
    assert.equal(stdout, '');
    assert.deepEqual(list, []);
    const machine = await ran([words[0] ?? '', '--json', ...words.slice(1)], actions);
    const [line, ...more] = jsonLines(machine.stdout);
    assert.equal(machine.exitCode, 2);
    assert.deepEqual([line?.['kind'], more], ['failed', []]);
    assert.match(String(line?.['code']), /^[a-z-]+$/);
  });
}

test('every command has --json, --help, a summary and an example that names it', async () => {
  const { stdout, stderr } = { stdout: keptSink(), stderr: keptSink() };
  const { program } = buildProgram(fakeActions().actions, {
    stdout, stderr, environment: {}, nowMs: () => 0, version: '1', signals: { on: () => undefined, off: () => undefined }, exitNow: () => undefined,
  });
  const commands = everyCommand(program).filter((command) => command.commands.length === 0);
  assert.ok(commands.length >= 21, `${commands.length}`);
  for (const command of commands) {
    const path = command.parent === program ? [command.name()] : [command.parent?.name() ?? '', command.name()];
    const help = await ran([...path, '--help']);
    assert.equal(help.exitCode, 0);
    assert.match(help.stdout, /--json/);
    assert.match(help.stdout, new RegExp(`\\nExamples?:\\n.*ebm ${path.join(' ')}`));
    for (const line of help.stdout.split('\n')) assert.ok(line.length <= 100, line);
  }
});

test('ebm alone, ebm --help and ebm help print the commands and no error', async () => {
  for (const words of [[], ['--help'], ['help']]) {
    const { exitCode, stdout, stderr } = await ran(words);
    assert.deepEqual([exitCode, stderr], [0, '']);
    assert.match(stdout.replaceAll(/\s+/g, ' '), /Trains energy-based models, on one machine or on a cluster: restricted Boltzmann machines, .*energies and score models\./);
    assert.match(stdout, /Commands:\n {2}train <FILE> +train a model from a job file\n/);
  }
  assert.match((await ran(['help', 'sample'])).stdout, /^Usage: ebm sample/);
});

test('a group of commands has an example too, and takes --json in either place', async () => {
  assert.match((await ran(['engine', '--help'])).stdout, /\nExample:\n {2}\$ ebm engine list\n/);
  const missing = await ran(['engine', '--json']);
  assert.deepEqual([missing.exitCode, jsonLines(missing.stdout).map(({ code, message }) => [code, message])], [2, [['missing-command', 'engine needs a command: list, install']]]);
  assert.equal((await ran(['engine', '--json', 'list'])).stdout, (await ran(['engine', 'list', '--json'])).stdout);
});

test('--version prints the version', async () => {
  assert.deepEqual(await ran(['--version']), { exitCode: 0, stdout: '9.8.7\n', stderr: '' });
});

test('the help of verify is this', async () => {
  assert.equal((await ran(['verify', '--help'])).stdout, `Usage: ebm verify [options] <DIR>

Recomputes updates of a run from the nearest kept checkpoint, or else from the
seed, and compares the digests with its ledger.

Arguments:
  DIR            the run directory

Options:
  --from <T>     first update (default: the start)
  --to <T>       last update (default: the last in the ledger and checkpoints)
  --threads <N>  compute threads (default: the cores)
  --json         one JSON object a line instead of text
  -h, --help     print help

Example:
  $ ebm verify runs/mnist-rbm-1 --from 0 --to 600
`);
});

test('engine install and worker --engine hand over what was asked', async () => {
  const { actions, asked: list } = fakeActions();
  await ran(['engine', 'install', 'tensorflow'], actions);
  await ran(['engine', '--json', 'install', 'tensorflow', '--gpu', '--folder', '/engines', '--wheel'], actions);
  for (const words of [[], ['--engine', 'tensorflow', '--gpu'], ['--engine', 'tensorflow', '--gpu', '--allow-cpu']]) await ran(['worker', ...words], actions);
  assert.deepEqual(list.map(({ options }) => {
    const { gpu, folder, wheelOnly, engine } = options as Readonly<Record<string, unknown>>;
    return [gpu, folder, wheelOnly, engine];
  }), [
    [false, null, false, undefined], [true, '/engines', true, undefined],
    [false, undefined, undefined, 'wasm'], [true, undefined, undefined, 'tensorflow'], [false, undefined, undefined, 'tensorflow'],
  ]);
});

test('engines are listed whether they work here or not', async () => {
  const { stdout } = await ran(['engine', 'list']);
  assert.equal(stdout, 'ENGINE      VERSION       DEVICE CLASS   THREADS   GPU   WORKS HERE   REMARK\nreference   reference/1   integer        1               yes          the oracle\nwasm        wasm/1        integer                        no           no SIMD\n');
  assert.deepEqual(jsonLines((await ran(['engine', 'list', '--json'])).stdout).map((line) => [line['kind'], line['name'], line['available']]),
    [['engine', 'reference', true], ['engine', 'wasm', false]]);
});
