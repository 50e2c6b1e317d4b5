// `ebm export`: the checkpoint's values in files that others read, and their names.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { readRunDirectory } from '../../platform/journal/reading.ts';
import { assertMistake, ebm, ebmJson, HIDDEN, readNpy, temporaryFolder, trainSmallRun, VISIBLE } from '../support/small-run.ts';

const MAIN = fileURLToPath(new URL('../../cli/main.js', import.meta.url));

const folder = temporaryFolder();
let run = '';
before(async () => { run = await trainSmallRun(folder.path, { train: ', chains: 12, average: 0.9' }); });
after(() => { folder.remove(); });

const SHAPES = { weights: [VISIBLE, HIDDEN], visible_bias: [VISIBLE], hidden_bias: [HIDDEN] } as const;

async function modelArrays(): Promise<Readonly<Record<keyof typeof SHAPES, Float32Array>>> {
  const { model } = await (await readRunDirectory(run)).model('newest');
  return { weights: model.weights, visible_bias: model.visibleBias, hidden_bias: model.hiddenBias };
}

test('safetensors: the arrays, their shapes, and where they came from', async () => {
  const record = await ebmJson('exported', 'export', run, '--out', folder.file('m.safetensors'));
  assert.deepEqual(record, { kind: 'exported', update: 60, format: 'safetensors', visible: VISIBLE, hidden: HIDDEN, out: folder.file('m.safetensors') });
  const bytes = Uint8Array.from(readFileSync(folder.file('m.safetensors')));
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const { __metadata__: metadata, ...entries } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as
    Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }> & { __metadata__: Record<string, string> };
  assert.deepEqual(Object.keys(entries).sort(), Object.keys(SHAPES).sort());
  for (const [name, expected] of Object.entries(await modelArrays())) {
    const { dtype, shape, data_offsets: [from, to] } = entries[name]!;
    assert.deepEqual([dtype, shape], ['F32', SHAPES[name as keyof typeof SHAPES]]);
    assert.deepEqual(new Float32Array(bytes.buffer.slice(8 + length + from, 8 + length + to)), expected, name);
  }
  const reader = await readRunDirectory(run);
  assert.deepEqual([metadata['units'], metadata['grid'], metadata['update'], metadata['name'], metadata['job'], metadata['parameters']],
    ['nats', '10', '60', 'bars', reader.digest, 'moving average of decay 0.9']);
});

test('npz: the same arrays, and the metadata as JSON in bytes', async () => {
  await ebm('export', run, '--format', 'npz', '--out', folder.file('m.npz'));
  const members = unzipSync(readFileSync(folder.file('m.npz')));
  for (const [name, expected] of Object.entries(await modelArrays())) {
    const { type, shape, bytes } = readNpy(members[`${name}.npy`]!);
    assert.deepEqual([type, shape], ['<f4', SHAPES[name as keyof typeof SHAPES]]);
    assert.deepEqual(new Float32Array(bytes.buffer), expected, name);
  }
  const { type, bytes } = readNpy(members['metadata.npy']!);
  assert.equal(type, '|u1');
  assert.equal((JSON.parse(new TextDecoder().decode(bytes)) as Record<string, string>)['name'], 'bars');
});

test('equal runs are exported to equal bytes', async () => {
  const [first, second] = [folder.file('one.npz'), folder.file('two.npz')];
  for (const out of [first, second]) await ebm('export', run, '--format', 'npz', '--out', out);
  assert.deepEqual(readFileSync(first), readFileSync(second));
});

test('without a name the file is called as the run, in the current folder', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'export', 'run', '--update', '40'], { cwd: folder.path, encoding: 'utf8' });
  assert.deepEqual([status, stderr], [0, '']);
  assert.match(stdout, /^30 x 7 units of update 40 of bars, as float32 in nats, in bars\.safetensors \([\d.]+ kB\)\n$/);
  assert.ok(readFileSync(folder.file('bars.safetensors')).length > 1000);
});

test('a name that says another format is a mistake', async () => {
  await assertMistake(['export', run, '--out', folder.file('m.npz')], /m\.npz ends in \.npz, and the format is safetensors\nAdd --format npz, or choose a name that ends in \.safetensors\./);
  await assertMistake(['export', run, '--out', folder.path], /the name says the format, and it has no ending; accepted: \.safetensors or \.npz|is not one that this command writes/);
});
