// `ebm transform` and `ebm score`: hidden means and free energies against plain float64, in files and as lines; wrong data.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { npyBytes } from '../../cli/export/npy.ts';
import { deriveKey, fillDraws } from '../../ebm/random/address.ts';
import { readRunDirectory } from '../../platform/journal/reading.ts';
import { assertMistake, bars, ebm, ebmJson, HIDDEN, readNpy, temporaryFolder, TEST_ROWS, trainSmallRun, VISIBLE } from '../support/small-run.ts';
import { jsonLines } from '../unit/cli/support.ts';

const MAIN = fileURLToPath(new URL('../../cli/main.js', import.meta.url));

const folder = temporaryFolder();
let run = '';
let data = '';
before(async () => {
  run = await trainSmallRun(folder.path);
  data = folder.file('bars.npz');
});
after(() => { folder.remove(); });

/** c + v W and b v of each row, by plain sums. */
async function inputs(rows: Uint8Array): Promise<readonly { readonly hidden: readonly number[]; readonly bias: number }[]> {
  const { model: { weights, visibleBias, hiddenBias } } = await (await readRunDirectory(run)).model('newest');
  return Array.from({ length: rows.length / VISIBLE }, (_, row) => {
    const on = Array.from({ length: VISIBLE }, (_unused, i) => i).filter((i) => rows[row * VISIBLE + i]! > 127);
    const sum = (of: (i: number) => number): number => on.reduce((total, i) => total + of(i), 0);
    return { bias: sum((i) => visibleBias[i]!), hidden: Array.from(hiddenBias, (c, j) => c + sum((i) => weights[i * HIDDEN + j]!)) };
  });
}

test('hidden means are sigmoids of the inputs, as float32 [rows, hidden]', async () => {
  const record = await ebmJson('transformed', 'transform', run, data, '--out', folder.file('f.npy'));
  assert.deepEqual([record['rows'], record['hidden'], record['update']], [40, HIDDEN, 60]);
  const { type, shape, bytes } = readNpy(readFileSync(folder.file('f.npy')));
  assert.deepEqual([type, shape], ['<f4', [40, HIDDEN]]);
  const expected = (await inputs(bars(40, 1))).flatMap(({ hidden }) => hidden.map((x) => 1 / (1 + Math.exp(-x))));
  // Thresholds are rounded to 2^-16.
  new Float32Array(bytes.buffer).forEach((mean, i) => { assert.ok(Math.abs(mean - expected[i]!) <= 0.5 / 65536 + 1e-9, `value ${i}: ${mean}, ${expected[i]!}`); });
});

test('free energies are lower for likelier rows, as float64 [rows], and the same as lines', async () => {
  const expected = (await inputs(bars(TEST_ROWS, 2))).map(({ hidden, bias }) => -bias - hidden.reduce((sum, x) => sum + Math.log1p(Math.exp(x)), 0));
  await ebm('score', run, data, '--test', '--out', folder.file('e.npy'));
  const { type, shape, bytes } = readNpy(readFileSync(folder.file('e.npy')));
  assert.deepEqual([type, shape], ['<f8', [TEST_ROWS]]);
  const energies = Array.from(new Float64Array(bytes.buffer));
  energies.forEach((energy, i) => { assert.ok(Math.abs(energy - expected[i]!) < 1e-9, `row ${i}: ${energy}, ${expected[i]!}`); });
  const { stdout, stderr } = await ebm('score', run, data, '--test');
  assert.deepEqual(stdout.trimEnd().split('\n').map(Number), energies);
  assert.match(stderr, /^mean free energy -\d+\.\d\d nats over 9 rows by update 60 of bars \(lower is likelier\)\n$/);
  const lines = jsonLines((await ebm('score', run, data, '--test', '--json')).stdout);
  assert.deepEqual(lines.slice(0, -1), energies.map((freeEnergy, row) => ({ kind: 'score', row, freeEnergy })));
  assert.deepEqual([lines.at(-1)!['kind'], lines.at(-1)!['rows']], ['scored', TEST_ROWS]);
});

test('rows like the training data score lower than noise', async () => {
  const coins = new Uint16Array(200 * VISIBLE);
  fillDraws(deriveKey(4, 113, 0), { id: 0, halfStep: 0, word3: 0 }, coins);
  writeFileSync(folder.file('noise.npy'), npyBytes({ shape: [200, VISIBLE], values: Uint8Array.from(coins, (coin) => (coin & 1) * 255) }));
  const mean = async (source: string): Promise<number> => (await ebmJson('scored', 'score', run, source))['mean'] as number;
  assert.ok(await mean(data) < await mean(folder.file('noise.npy')) - 0.4);
});

test('bits of a stochastic model are drawn, the same each time', async () => {
  const other = temporaryFolder();
  const stochastic = await trainSmallRun(other.path, { data: ', binarise: stochastic' });
  writeFileSync(other.file('grey.npy'), npyBytes({ shape: [30, VISIBLE], values: new Uint8Array(30 * VISIBLE).fill(128) }));
  const scores = async (): Promise<string> => (await ebm('score', stochastic, other.file('grey.npy'))).stdout;
  const first = await scores();
  assert.equal(new Set(first.trimEnd().split('\n')).size, 30);
  assert.equal(await scores(), first);
  other.remove();
});

test('an older checkpoint is another model; one that is not there names those that are', async () => {
  const at = async (...words: string[]): Promise<unknown> => (await ebmJson('scored', 'score', run, data, ...words))['mean'];
  assert.equal(await at('--update', '60'), await at());
  assert.notEqual(await at('--update', '40'), await at());
  await assertMistake(['score', run, data, '--update', '33'], /there is no checkpoint of update 33\. There are: 60, 40/);
});

test('data that are missing or of another width are mistakes; so are runs that are none', async () => {
  await assertMistake(['score', run, folder.file('bars.npy')], /bars\.npy: there is no such file or folder.*Did you mean bars\.npz/s);
  writeFileSync(folder.file('wide.npy'), npyBytes({ shape: [2, 31], values: new Uint8Array(62).fill(255) }));
  await assertMistake(['transform', run, folder.file('wide.npy'), '--out', folder.file('f.npy')], /wide\.npy: the rows have 31 columns, and the model has 30 visible units/);
  await assertMistake(['transform', run, data, '--out', folder.file('f.npz')], /\.npz is not one that this command writes; accepted: \.npy$/m);
  await assertMistake(['score', folder.path, data], /this is not a run directory: it has no job\.json/);
  await assertMistake(['score', folder.file('absent'), data], /there is no such run directory\. There is: .*run\./);
});

test('in a process of its own standard output holds figures alone, and a relative path starts at the current folder', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'score', 'run', 'bars.npz', '--test'], { cwd: folder.path, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  assert.equal(stdout.split('\n').length, TEST_ROWS + 1);
  assert.ok(stdout.trimEnd().split('\n').every((line) => Number.isFinite(Number(line))));
});
