// `ebm sample` and `ebm inpaint`: their bits against one call of a session, where chains start, what the files hold, and mistakes.
import assert from 'node:assert/strict';
import { boltzmannJob } from '../../ebm/job.ts';
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { unzipSync } from 'fflate';
import { decode } from 'fast-png';
import { problemOf } from '../../cli/compose/engines.ts';
import { inpaint } from '../../cli/compose/inpaint.ts';
import { sample } from '../../cli/compose/sample.ts';
import { checkCanvas, type Canvas } from '../../cli/compose/sample-file.ts';
import { npyBytes } from '../../cli/export/npy.ts';
import { PURPOSES } from '../../ebm/random/purposes.ts';
import { bytesOf, unpackRow } from '../../ebm/rbm/bits.ts';
import { startChains } from '../../ebm/rbm/initial.ts';
import type { SampleResult } from '../../engine/engine.ts';
import { openReferenceEngine } from '../../engine/reference/engine.ts';
import { readRunDirectory } from '../../platform/journal/reading.ts';
import { assertMistake, bars, ebm, ebmJson, HIDDEN, maskFile, pictures, readNpy, temporaryFolder, TEST_ROWS, trainSmallRun, VISIBLE, WIDTH } from '../support/small-run.ts';
import { keptOutput } from '../unit/cli/support.ts';

const folder = temporaryFolder();
let run = '';
before(async () => { run = await trainSmallRun(folder.path); });
after(() => { folder.remove(); });

const CHAINS = 12;

/** All samples in one call: ids 0 to count - 1 from the run's chains, again and again, word 3 the update. */
async function atOnce(count: number, steps: number): Promise<SampleResult> {
  const reader = await readRunDirectory(run);
  const { parameters, manifest } = await reader.model('newest');
  const restored = await reader.restore(manifest.update);
  assert.ok(restored.kind === 'restored');
  const chains = restored.snapshot.arrays.get('chains') as Uint8Array;
  const bytes = bytesOf(HIDDEN);
  const states = Uint8Array.from({ length: count * bytes }, (_, i) => chains[i % (CHAINS * bytes)]!);
  const session = await openReferenceEngine().load(problemOf(boltzmannJob(reader.job), null));
  return session.sample({ parameters, purpose: PURPOSES.samples, branch: 0, word3: 60, chains: { from: 0, to: count }, states, steps, firstHalfStep: 0, clamp: null });
}

function unpacked(rows: Uint8Array): Uint8Array {
  const bytes = bytesOf(VISIBLE);
  const out = new Uint8Array((rows.length / bytes) * VISIBLE);
  for (let row = 0; row < rows.length / bytes; row += 1) out.set(unpackRow(rows.subarray(row * bytes, (row + 1) * bytes), VISIBLE), row * VISIBLE);
  return out;
}

test('parts and pieces of steps leave no trace in the bits', async () => {
  // More than one part of 1,024 chains, and pieces of 8 steps.
  const [count, steps] = [1_100, 20];
  const expected = await atOnce(count, steps);
  await ebmJson('sampled', 'sample', run, '--count', String(count), '--steps', String(steps), '--out', folder.file('s.npy'));
  const { type, shape, bytes } = readNpy(readFileSync(folder.file('s.npy')));
  assert.deepEqual([type, shape], ['|b1', [count, VISIBLE]]);
  assert.deepEqual(bytes, unpacked(expected.visible));
});

test('an .npz holds the same bits as x, and the means that they were drawn from', async () => {
  const { visible, visibleThresholds } = await atOnce(10, 30);
  await ebm('sample', run, '--count', '10', '--steps', '30', '--out', folder.file('s.npz'));
  const members = unzipSync(readFileSync(folder.file('s.npz')));
  assert.deepEqual(Object.keys(members), ['x.npy', 'means.npy']);
  assert.deepEqual(readNpy(members['x.npy']!), { type: '|b1', shape: [10, VISIBLE], bytes: unpacked(visible) });
  const means = readNpy(members['means.npy']!);
  assert.deepEqual([means.type, means.shape], ['<f4', [10, VISIBLE]]);
  assert.deepEqual(new Float32Array(means.bytes.buffer), Float32Array.from(visibleThresholds, (threshold) => threshold / 65536));
});

test('bits that were written can be data again', async () => {
  for (const out of ['again.npy', 'again.npz'].map(folder.file)) {
    await ebm('sample', run, '--count', '6', '--steps', '4', '--out', out);
    assert.equal((await ebmJson('scored', 'score', run, out))['rows'], 6);
  }
});

test('a picture shows the means in tiles of the data\'s shape', async () => {
  const { visibleThresholds } = await atOnce(4, 30);
  await ebm('sample', run, '--count', '4', '--steps', '30', '--out', folder.file('s.png'));
  const { width, height, channels, data } = decode(readFileSync(folder.file('s.png')));
  // Two by two tiles of 5 x 6 cells, enlarged 16 times, with borders of 2 pixels.
  assert.deepEqual([width, height, channels], [2 * (5 * 16 + 2) + 2, 2 * (6 * 16 + 2) + 2, 1]);
  for (let unit = 0; unit < VISIBLE; unit += 1) {
    const [x, y] = [2 + 16 * (unit % WIDTH), 2 + 16 * Math.floor(unit / WIDTH)];
    assert.equal(data[y * width + x], Math.round((visibleThresholds[unit]! / 65536) * 255), `unit ${unit}`);
  }
});

test('chains that go on take 100 steps, copies and random ones 1,000', async () => {
  const out = folder.file('d.npy');
  const few = await ebmJson('sampled', 'sample', run, '--count', String(CHAINS), '--out', out);
  assert.deepEqual([few['start'], few['steps']], ['chains', 100]);
  const many = await ebmJson('sampled', 'sample', run, '--count', String(CHAINS + 1), '--out', out);
  assert.deepEqual([many['start'], many['steps']], ['copies', 1_000]);
  const other = temporaryFolder();
  const cd = await trainSmallRun(other.path, { train: ', objective: cd' });
  const random = await ebmJson('sampled', 'sample', cd, '--count', '3', '--out', out);
  assert.deepEqual([random['start'], random['steps']], ['random', 1_000]);
  const [first, again] = [readFileSync(out), (await ebm('sample', cd, '--count', '3', '--out', out), readFileSync(out))];
  assert.deepEqual(first, again);
  other.remove();
});

test('copies of one chain part from each other', async () => {
  await ebm('sample', run, '--count', String(2 * CHAINS), '--out', folder.file('c.npy'));
  const { bytes } = readNpy(readFileSync(folder.file('c.npy')));
  const half = CHAINS * VISIBLE;
  assert.notDeepEqual(bytes.subarray(0, half), bytes.subarray(half));
});

test('on a terminal the first samples are shown', async () => {
  const { output, stdout } = keptOutput(false, true);
  assert.equal(output.columns, 80);
  await sample({ directory: run, update: null, threads: 1, count: 2, steps: 5, out: folder.file('t.png'), signal: new AbortController().signal }, { ...output, style: { ...output.style, unicode: true } });
  const lines = stdout.text().split('\n');
  assert.equal(lines.length, 3 + 2); // 6 rows of cells, two a line; the result; its end
  assert.match(lines[0]!, /^[ ░▒▓█]{11}$/);
  assert.match(lines[3]!, /^2 samples of update 60 of bars, 5 Gibbs steps each from the run's persistent chains, in /);
});

test('a format that cannot hold so many samples says so before any is drawn', async () => {
  const canvas = (ending: 'png' | 'npz' | 'npy', count: number, isPicture = true): Canvas => (
    { target: { shown: `m.${ending}`, path: `/m.${ending}`, ending }, count, visible: 784, shape: isPicture ? { height: 28, width: 28 } : null });
  const refused = (what: string): object => ({ code: 'too-many-samples', exitCode: 2, message: new RegExp(`^m\\.\\w+: 100,000 samples of 784 units are more than ${what}`), advice: 'Ask for fewer, or write an .npy file, which may be of any size.' });
  assert.throws(() => { checkCanvas(canvas('png', 100_000)); }, refused('a picture of 64,000,000 pixels can show'));
  assert.throws(() => { checkCanvas(canvas('png', 100_000, false)); }, refused('a picture'));
  assert.throws(() => { checkCanvas(canvas('npz', 100_000)); }, refused('the 64,000,000 values of one .npz file'));
  for (const fitting of [canvas('png', 70_000), canvas('png', 2_000, false), canvas('npz', 80_000), canvas('npy', 1_000_000)]) checkCanvas(fitting);
  await assertMistake(['sample', run, '--out', folder.file('m.jpg')], /the name says the format, and \.jpg is not one that this command writes; accepted: \.png, \.npy or \.npz/);
});

test('flags of other families of models are mistakes, with what to do', async () => {
  const out = folder.file('none.npy');
  for (const flags of [['--method', 'ode'], ['--seed', '4']]) await assertMistake(['sample', run, ...flags, '--out', out], /^error: --method and --seed are for score models\nLeave them out\.\n$/);
  const moves = [['--sampler', 'mala'], ['--step-size', '0.1'], ['--temperature', '2']];
  for (const flags of [...moves, ['--start', 'noise']]) {
    await assertMistake(['sample', run, ...flags, '--out', out], /^error: --sampler, --step-size, --temperature and --start are for energies, and this run is a Boltzmann machine\nLeave them out: /);
  }
  await assertMistake(['sample', run, '--strip', '--out', folder.file('none.png')], /^error: --strip is for energies and score models, and this run is a Boltzmann machine\nLeave it out\.\n$/);
  writeFileSync(folder.file('mask.npy'), maskFile(2));
  for (const flags of moves) {
    await assertMistake(['inpaint', run, folder.file('bars.npz'), '--known', folder.file('mask.npy'), ...flags, '--out', out],
      /^error: --sampler, --step-size and --temperature are for energies, and this run is a Boltzmann machine\nLeave them out: /);
  }
  assert.equal(existsSync(out), false);
});

test('where a file cannot be written is said before the work, with what to do', async () => {
  const missing = folder.file('no/such/a.png');
  await assertMistake(['sample', run, '--out', missing], /a\.png: there is no folder .*no\/such to write it into\. Make it first \(mkdir -p .*no\/such\)/);
  await assertMistake(['sample', run, '--out', join(folder.path, 'job.yaml', 'a.png')], /is not a folder/);
  const directory = join(run, 'x.png');
  symlinkSync(run, folder.file('directory.png'));
  await assertMistake(['sample', run, '--out', folder.file('directory.png')], /directory\.png: this is a directory, and a file is to be written/);
  assert.equal(existsSync(directory), false);
  symlinkSync('/dev/null', folder.file('device.npy'));
  await assertMistake(['sample', run, '--out', folder.file('device.npy')], /this is a device, a pipe or a link to nowhere/);
});

test('an older file is replaced, behind a link too; one that was stopped leaves it and nothing else', async () => {
  const [file, link] = [folder.file('old.npy'), folder.file('link.npy')];
  writeFileSync(file, 'old');
  symlinkSync(file, link);
  const names = readdirSync(folder.path);
  const controller = new AbortController();
  controller.abort({ signal: 'SIGINT', exitCode: 130 });
  const options = { directory: run, update: null, threads: 1, count: 3, steps: 5, out: link, signal: controller.signal };
  const { output } = keptOutput(false);
  await assert.rejects(sample(options, output), { code: 'stopped', exitCode: 130, message: 'stopped by SIGINT before it was done; no file was written' });
  assert.equal(readFileSync(file, 'utf8'), 'old');
  assert.deepEqual(readdirSync(folder.path), names);
  assert.equal(await sample({ ...options, signal: new AbortController().signal }, output), 0);
  assert.deepEqual(readNpy(readFileSync(file)).shape, [3, VISIBLE]);
});

test('inpainting keeps what is known and draws the rest by Gibbs steps from coins', async () => {
  writeFileSync(folder.file('mask.npy'), maskFile(2));
  const record = await ebmJson('inpainted', 'inpaint', run, folder.file('bars.npz'), '--test', '--known', folder.file('mask.npy'), '--steps', '9', '--out', folder.file('i.npy'));
  assert.deepEqual([record['rows'], record['known'], record['unknown']], [TEST_ROWS, 2 * WIDTH, VISIBLE - 2 * WIDTH]);
  const { bytes } = readNpy(readFileSync(folder.file('i.npy')));
  const given = bars(TEST_ROWS, 2);
  for (let i = 0; i < bytes.length; i += 1) if (i % VISIBLE < 2 * WIDTH) assert.equal(bytes[i], given[i]! / 255, `value ${i}`);
  const reader = await readRunDirectory(run);
  const { parameters } = await reader.model('newest');
  const session = await openReferenceEngine().load(problemOf(boltzmannJob(reader.job), null));
  const packed = new Uint8Array(TEST_ROWS * bytesOf(VISIBLE));
  given.forEach((value, i) => { if (value > 0) packed[Math.floor(i / VISIBLE) * bytesOf(VISIBLE) + ((i % VISIBLE) >> 3)]! |= 1 << ((i % VISIBLE) & 7); });
  const expected = await session.sample({
    parameters, purpose: PURPOSES.samples, branch: 0, word3: 60, chains: { from: 0, to: TEST_ROWS }, states: startChains(3, { from: 0, to: TEST_ROWS }, HIDDEN),
    steps: 9, firstHalfStep: 0, clamp: { mask: Uint8Array.of(255, 3, 0, 0), values: packed },
  });
  assert.deepEqual(bytes, unpacked(expected.visible));
});

test('a picture of inpainted rows shows the first 100 of them', async () => {
  writeFileSync(folder.file('mask.npy'), maskFile(3));
  writeFileSync(folder.file('many.npy'), npyBytes(pictures(130, 5)));
  const { output, stderr } = keptOutput(false);
  const options = { directory: run, update: null, threads: 1, data: folder.file('many.npy'), test: false, known: folder.file('mask.npy'), steps: 2, out: folder.file('i.png'), signal: new AbortController().signal };
  assert.equal(await inpaint(options, output), 0);
  assert.match(stderr.text(), /The picture shows the first 100 of 130 rows/);
  const { width, height } = decode(readFileSync(folder.file('i.png')));
  assert.ok(width > 100 && height > 100);
});

test('masks and rows of another shape, and folders, are mistakes that say what is accepted', async () => {
  const known = folder.file('wrong.npy');
  writeFileSync(known, npyBytes({ shape: [4, 4], values: new Uint8Array(16) }));
  const data = folder.file('bars.npz');
  await assertMistake(['inpaint', run, data, '--known', known], /wrong\.npy: the mask has shape \[4, 4\], and the model has 30 visible units; accepted: \[30\]/);
  await assertMistake(['inpaint', run, data, '--known', run], /the mask is a folder; accepted: an \.npy file/);
  await assertMistake(['inpaint', run, data, '--known', folder.file('none.npy')], /there is no such file or folder/);
  writeFileSync(known, maskFile(1));
  writeFileSync(folder.file('wide.npy'), npyBytes({ shape: [2, 9], values: new Uint8Array(18).fill(255) }));
  await assertMistake(['inpaint', run, folder.file('wide.npy'), '--known', known], /the rows have 9 columns, and the model has 30 visible units/);
  await assertMistake(['inpaint', run, folder.file('many.npy'), '--known', known, '--test'], /the source has no test set/);
});

test('chains that cannot be read are done without, with a warning', async () => {
  const other = temporaryFolder();
  const damaged = await trainSmallRun(other.path);
  rmSync(join(damaged, 'checkpoints/00000040'), { recursive: true });
  const state = join(damaged, 'checkpoints/00000060/state.bin');
  const bytes = readFileSync(state);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(state, bytes);
  const { exitCode, stdout, stderr } = await ebm('sample', damaged, '--count', '2', '--steps', '3', '--out', other.file('a.png'));
  assert.equal(exitCode, 0);
  assert.match(stderr, /state\.bin was changed: .*this checkpoint was passed over\n(.|\n)*the chains of .*00000060 cannot be used: samples start from random states/);
  assert.match(stdout, /3 Gibbs steps each from random states/);
  other.remove();
});
