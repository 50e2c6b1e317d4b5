// The roles of a cluster: which of their settings may come from the environment, what stops them, and which nats-server they start.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findServer } from '../../../cli/cluster/nats-server.ts';
import { run } from '../../../cli/commands/program.ts';
import { fakeActions, jsonLines, keptSink, ran } from './support.ts';

/** The signals that `ebm WORDS` heeds. */
async function heeded(...words: string[]): Promise<readonly string[]> {
  const names: string[] = [];
  await run(words, fakeActions().actions, {
    stdout: keptSink(), stderr: keptSink(), environment: {}, nowMs: () => 0, version: '9.8.7', exitNow: () => undefined,
    signals: { on: (name) => names.push(name), off: () => undefined },
  });
  return names.sort();
}

test('a role goes on when nobody reads what it says; other commands stop', async () => {
  for (const role of ['coordinator', 'worker', 'up']) assert.deepEqual(await heeded(role), ['SIGINT', 'SIGTERM'], role);
  for (const words of [['train', 'examples/mnist-rbm.yaml'], ['watch', 'a'], ['logs', 'a', '-f'], ['down']]) assert.deepEqual(await heeded(...words), ['SIGINT', 'SIGPIPE', 'SIGTERM'], words[0]);
});

async function asked(words: readonly string[], environment: Readonly<Record<string, string>>): Promise<Record<string, unknown>> {
  const { actions, asked: all } = fakeActions();
  const { exitCode, stderr } = await ran(words, actions, environment);
  assert.equal(exitCode, 0, stderr);
  return all[0]?.options as Record<string, unknown>;
}

const ENVIRONMENT = { EBM_STORE: '/s', EBM_THREADS: '3', EBM_LISTEN: '9000', EBM_WORKER_NAME: 'anna' };
const EMPTY = { EBM_STORE: '', EBM_THREADS: '', EBM_LISTEN: '', EBM_WORKER_NAME: '' };

test('store, threads, name and address come from flags, else from the environment, else are left to the program; an empty variable says nothing', async () => {
  const settings = ({ store, threads, listen, name }: Record<string, unknown>): readonly unknown[] => [store, threads, listen, name];
  assert.deepEqual(settings(await asked(['coordinator'], ENVIRONMENT)), ['/s', 3, '9000', undefined]);
  assert.deepEqual(settings(await asked(['coordinator', '--store', 'nats', '--threads', '1', '--listen', 'off'], ENVIRONMENT)), ['nats', 1, 'off', undefined]);
  assert.deepEqual(settings(await asked(['coordinator'], EMPTY)), ['cluster', null, null, undefined]);
  assert.deepEqual(settings(await asked(['worker'], ENVIRONMENT)), [undefined, 3, '9000', 'anna']);
  assert.deepEqual(settings(await asked(['worker', '--name', 'b', '--threads', '2'], ENVIRONMENT)), [undefined, 2, '9000', 'b']);
  assert.deepEqual(settings(await asked(['worker'], EMPTY)), [undefined, null, null, null]);
  assert.deepEqual(settings(await asked(['up'], ENVIRONMENT)).slice(0, 2), ['/s', 3]);
  assert.deepEqual(settings(await asked(['down'], ENVIRONMENT)).slice(0, 1), ['/s']);
});

test('modules are allowed by a flag or by the environment, and by nothing else', async () => {
  const allowed = async (words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<unknown> => (await asked(words, environment))['allowModules'];
  for (const role of ['coordinator', 'worker', 'up']) {
    assert.deepEqual([await allowed([role]), await allowed([role], { EBM_ALLOW_MODULES: '0' }), await allowed([role], { EBM_ALLOW_MODULES: '' })], [false, false, false], role);
    assert.deepEqual([await allowed([role, '--allow-modules']), await allowed([role], { EBM_ALLOW_MODULES: '1' })], [true, true], role);
  }
});

test('what stands in the environment is checked like a flag, and named', async () => {
  for (const [name, text, message] of [['EBM_THREADS', 'all', /^EBM_THREADS is 'all'$/], ['EBM_THREADS', '0', /'0'/], ['EBM_ALLOW_MODULES', 'yes', /^EBM_ALLOW_MODULES is 'yes'$/], ['EBM_WORKER_NAME', 'a.b', /^EBM_WORKER_NAME is 'a\.b'$/]] as const) {
    const { exitCode, stdout } = await ran(['worker', '--json'], fakeActions().actions, { [name]: text });
    const failed = jsonLines(stdout).at(-1);
    assert.deepEqual([exitCode, failed?.['kind'], failed?.['code']], [2, 'failed', 'bad-setting']);
    assert.match(String(failed?.['message']), message);
    assert.match(String(failed?.['advice']), /^Accepted: /);
  }
});

test('a nats-server is the one that EBM_NATS_SERVER names, which must be a program, else that of PATH', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ebm-nats-server-'));
  try {
    const program = join(folder, 'nats-server');
    assert.equal(findServer({ PATH: folder }), null);
    mkdirSync(program); // may be entered, which is no running
    assert.equal(findServer({ PATH: folder }), null);
    rmSync(program, { recursive: true });
    writeFileSync(program, '');
    assert.equal(findServer({ PATH: folder }), null);
    assert.throws(() => findServer({ EBM_NATS_SERVER: program, PATH: '' }), /EBM_NATS_SERVER names .*, which is no program/);
    chmodSync(program, 0o755);
    assert.equal(findServer({ PATH: `/nowhere:${folder}` }), program);
    assert.equal(findServer({ EBM_NATS_SERVER: program, PATH: '' }), program);
    for (const named of [folder, join(folder, 'missing')]) assert.throws(() => findServer({ EBM_NATS_SERVER: named, PATH: folder }), { name: 'UsageError', code: 'no-nats-server' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
