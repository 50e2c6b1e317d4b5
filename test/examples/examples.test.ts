// Every example does what it says: job files train when they are cut short, and the library's example compiles and runs in a project
// that has nothing but the package.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compile, strangersProject } from '../library/stranger.ts';
import { ebm, temporaryFolder } from '../library/support.ts';

const JOBS = readdirSync('examples').filter((name) => /\.(ya?ml|json)$/.test(name));
const folder = temporaryFolder();

test('each job names the schema that editors check it by', () => {
  for (const name of JOBS) assert.match(readFileSync(join('examples', name), 'utf8'), /^# yaml-language-server: \$schema=\.\.\/docs\/job\.schema\.json\n/, name);
  assert.equal((JSON.parse(readFileSync('docs/job.schema.json', 'utf8')) as { readonly title: string }).title, 'ebm-fleet job');
});

test('there are examples, of every family', () => {
  for (const name of ['mnist-rbm', 'bars-and-stripes', 'eight-gaussians-pcd', 'two-moons-denoising', 'two-moons-sliced', 'gaussian-explicit', 'mixture-nce', 'spiral-cd', 'user-energy', 'eight-gaussians-score', 'two-moons-score', 'mnist-score']) assert.ok(JOBS.includes(`${name}.yaml`), name);
});

for (const name of JOBS) {
  test(`${name} compiles, and trains`, () => {
    const text = readFileSync(join('examples', name), 'utf8');
    const isAnnealed = /kind: ais/.test(text);
    // TensorFlow is not everywhere: what only it does in time is done with less by the default engine.
    const smaller = /engine: tensorflow/.test(text) ? ['--set', 'resources.engine=wasm', '--set', 'train.batch=4', '--set', 'train.microbatch=4'] : [];
    const shorter = ['--set', 'train.updates=5', '--set', 'train.optimiser.warmup=0', ...smaller, ...(isAnnealed ? ['--set', 'evaluate.logPartition.betas=20', '--set', 'evaluate.logPartition.runs=10'] : [])];
    const last = ebm('train', join('examples', name), '--out', join(folder, name), ...shorter).at(-1);
    assert.deepEqual([last?.['kind'], last?.['updates']], ['finished', 5]);
    assert.equal(last?.['logPartition'] === null, /^evaluate: off$/m.test(text));
  });
}

test('library.ts compiles where only the package is installed, and runs to its end', () => {
  const project = strangersProject();
  copyFileSync('examples/library.ts', join(project, 'library.ts'));
  assert.equal(compile(project, 'library.ts'), '');
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(project, 'library.js')], { cwd: project, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } });
  assert.deepEqual([status, stderr], [0, '']);
  for (const line of [/^60000 rows, 600 updates on \d+ threads?$/m, /^finished: W is 784 x 16, /m, /^parameters sha256:[0-9a-f]{64}$/m, /^test log-likelihood -1\d\d\.\d\d nats$/m, /^interrupted after some updates$/m]) assert.match(stdout, line);
});
