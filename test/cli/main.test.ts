// The built `ebm` in a process of its own: exit codes, streams, pipes and signals as a shell sees them.
import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../cli/main.js', import.meta.url));
const WAITING = fileURLToPath(new URL('./fixtures/waiting.js', import.meta.url));
const ENVIRONMENT = { ...process.env, NO_COLOR: '1', NODE_OPTIONS: '' };

function ebm(...words: string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync(process.execPath, [MAIN, ...words], { encoding: 'utf8', env: ENVIRONMENT });
}

test('help, version and a field end with 0 and an empty stderr', () => {
  for (const words of [[], ['--help'], ['train', '--help'], ['--version'], ['explain', 'train.steps']]) {
    const { status, stdout, stderr } = ebm(...words);
    assert.deepEqual([status, stderr], [0, ''], words.join(' '));
    assert.ok(stdout.length > 3);
  }
});

test('--version is the version of the package', () => {
  assert.match(ebm('--version').stdout, /^\d+\.\d+\.\d+/);
});

test('mistakes end with 2, text on stderr or one JSON line on stdout', () => {
  const text = ebm('trian', 'job.yaml');
  assert.deepEqual([text.status, text.stdout], [2, '']);
  assert.match(text.stderr, /^error: unknown command 'trian'. Did you mean train\?\n/);
  const machine = ebm('train', 'no-such.yaml', '--json');
  assert.deepEqual([machine.status, machine.stderr], [2, '']);
  const failed = JSON.parse(machine.stdout) as Record<string, unknown>;
  assert.deepEqual([failed['kind'], failed['code']], ['failed', 'job-unreadable']);
});

test('a job file is explained with what its data are', () => {
  const { status, stdout, stderr } = ebm('explain', 'examples/mnist-rbm.yaml');
  assert.deepEqual([status, stderr], [0, '']);
  assert.match(stdout, /^# 6,000 updates of 100 rows; 784 x 500 units, 60,000 training rows\n/);
});

test('doctor finds this machine able', () => {
  const { status, stdout } = ebm('doctor', '--json');
  assert.equal(status, 0, stdout);
});

test('a reader that goes away early is no error', () => {
  const result = spawnSync('bash', ['-c', `set -o pipefail; "${process.execPath}" "${MAIN}" completion bash | true`], { encoding: 'utf8', env: ENVIRONMENT });
  assert.deepEqual([result.status, result.stderr], [0, '']);
});

if (existsSync('/dev/full')) test('output that a full disk did not take is a failure, whatever the command', () => {
  for (const words of ['--help', 'explain train.steps', 'engine list --json', 'completion bash']) {
    const result = spawnSync('bash', ['-c', `"${process.execPath}" "${MAIN}" ${words} > /dev/full`], { encoding: 'utf8', env: ENVIRONMENT });
    assert.deepEqual([result.status, result.stderr], [1, 'error: the output could not be written: ENOSPC: no space left on device, write\n'], words);
  }
});

test('--help loads the command line and no schema, mathematics, data or engine', () => {
  const hook = 'export const load = (url, context, next) => { process._rawDebug(url); return next(url, context); };';
  const register = `import { register } from 'node:module'; register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hook)}));`;
  const { status, stderr } = spawnSync(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(register)}`, MAIN, '--help'], { encoding: 'utf8', env: ENVIRONMENT });
  assert.equal(status, 0);
  const build = new URL('../../', import.meta.url).href; // the folder above it may be called anything, ebm too
  const loaded = stderr.split('\n').filter((line) => line.startsWith('file:'));
  assert.ok(loaded.includes(`${build}cli/commands/program.js`));
  const folders = /^(ebm|engine|coordinator|worker|platform)\//;
  assert.deepEqual(loaded.filter((url) => /node_modules\/(zod|yaml|piscina|protobufjs)\//.test(url) || (url.startsWith(build) && folders.test(url.slice(build.length)))), []);
});

async function said(child: ChildProcess, stream: 'stdout' | 'stderr', words: RegExp): Promise<void> {
  const source = child[stream];
  assert.ok(source !== null);
  let text = '';
  for await (const part of source.iterator({ destroyOnReturn: false })) {
    text += String(part);
    if (words.test(text)) return;
  }
  assert.fail(`${stream} ended with ${text}`);
}

for (const [signal, exitCode] of [['SIGINT', 130], ['SIGTERM', 143]] as const) {
  test(`${signal} once stops softly and exits with ${exitCode}`, async () => {
    const child = spawn(process.execPath, [WAITING, 'train', 'examples/mnist-rbm.yaml'], { env: ENVIRONMENT });
    await said(child, 'stdout', /ready/);
    const exited = once(child, 'exit');
    child.kill(signal);
    await said(child, 'stderr', new RegExp(`${signal}: finishing what is under way; once more to stop at once\\ninterrupted by ${signal} at update 7`));
    assert.deepEqual(await exited, [exitCode, null]);
  });
}

test('a second signal ends a process that does not answer the first', async () => {
  const child = spawn(process.execPath, [WAITING, 'train', 'examples/mnist-rbm.yaml'], { env: { ...ENVIRONMENT, EBM_STUBBORN: '1' } });
  await said(child, 'stdout', /ready/);
  const exited = once(child, 'exit');
  child.kill('SIGINT');
  await said(child, 'stderr', /once more to stop at once/);
  child.kill('SIGINT');
  assert.deepEqual(await exited, [130, null]);
});
