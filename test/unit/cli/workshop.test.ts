// What a worker opens for a job, or why not: a machine without the memory for a job's units says so before it reads any data.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWorkshop, type WorkersOwn } from '../../../cli/cluster/worker.ts';
import type { WorkerData } from '../../../cli/cluster/sources.ts';
import { openReferenceEngine } from '../../../engine/reference/engine.ts';
import { compileJob } from '../../../platform/config/compile.ts';
import { workerMemory } from '../../../platform/config/estimate.ts';
import { parseJob } from '../../../platform/config/read.ts';
import { loadAny } from '../../../platform/data/load.ts';
import { tinyJob } from '../../support/tiny-job.ts';

const own = (memoryBytes: number): WorkersOwn => ({ threads: 1, engine: 'reference', processor: 'allowed', allowModules: false, memoryBytes });

/** Built-in data; `opened` counts how often they were asked for, and given back. */
function counted(): { readonly data: WorkerData; readonly opened: () => readonly [asked: number, released: number] } {
  let [asked, released] = [0, 0];
  return {
    opened: () => [asked, released],
    data: {
      check: () => undefined,
      async open(settings, seed) {
        asked += 1;
        return { kind: 'open', data: await loadAny(settings, '/', seed), release: () => { released += 1; return Promise.resolve(); } };
      },
    },
  };
}

test('a job whose units need more memory than the machine has is not opened; the reason has both sizes and what to do', async () => {
  const { data, opened } = counted();
  const job = tinyJob();
  const needed = workerMemory(job, 1);
  const refused = await openWorkshop(JSON.stringify(job), openReferenceEngine(), data, own(needed - 1));
  assert.match(refused.kind === 'unusable' ? refused.message : '', /^its units need about \d+(\.\d)? MB of memory, and this machine has \d+(\.\d)? MB; start a worker on a larger one, or with fewer --threads$/);
  assert.deepEqual(opened(), [0, 0]);
});

test('a worker needs no room for the optimiser and for checkpoints, and more for every thread', () => {
  const job = tinyJob({ train: { optimiser: { kind: 'adam', learningRate: 0.1, schedule: 'constant', warmup: 0, momentum: 0, weightDecay: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } } });
  assert.equal(workerMemory(job, 1), workerMemory(tinyJob(), 1));
  assert.ok(workerMemory(job, 4) > workerMemory(job, 1));
});

test('a continuous job is opened with the fingerprint of the engine that it names, and gives its data back', async () => {
  const { data, opened } = counted();
  const spec = parseJob('data: { source: eight-gaussians }\nmodel: { kind: energy, energy: { kind: quadratic } }\nresources: { engine: reference }\n');
  const job = compileJob(spec, (await loadAny(spec.data, '/', spec.seed)).facts);
  const workshop = await openWorkshop(JSON.stringify(job), openReferenceEngine(), data, own(workerMemory(job, 1)));
  assert.ok(workshop.kind === 'open', JSON.stringify(workshop));
  assert.deepEqual([workshop.session, workshop.engine?.deviceClass, typeof workshop.continuous], [null, 'javascript', 'object']);
  await workshop.close();
  assert.deepEqual(opened(), [1, 1]);
});
