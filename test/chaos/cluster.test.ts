// Chaos on a cluster of real processes and a real nats-server: whatever is killed, stopped, terminated or cut off, a job ends with the bits of
// `ebm train`. Two seeds here, many in cluster.long.test.ts; what happens to one victim alone is in cluster-recovery.test.ts.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ebm } from '../process/support.ts';
import { chaos } from '../support/chaos-run.ts';
import { scheduleOf, type Plan } from '../support/chaos-schedule.ts';
import { bitsOf, sets, type Bits } from '../support/roles.ts';

const FILE = resolve('examples/mnist-rbm.yaml');
const PLAN: Plan = { faults: 4, workers: 2, updates: 600, every: 20 };
const SETTINGS = sets(`train.updates=${PLAN.updates}`, 'model.hidden=100', `checkpoint.every=${PLAN.every}`, 'ledger.every=10', 'evaluate=off');

test('schedules: a seed gives the same faults again; they come in order; fifty seeds have every blow on every victim', () => {
  const all = Array.from({ length: 50 }, (_, seed) => scheduleOf(seed + 1, PLAN));
  assert.deepEqual(scheduleOf(7, PLAN), all[6]);
  for (const schedule of all) assert.deepEqual(schedule.map(({ at }) => at), schedule.map(({ at }) => at).sort((a, b) => a - b));
  const kinds = new Set(all.flat().map(({ victim, blow }) => `${blow} ${victim}`));
  assert.equal(kinds.size, 18, [...kinds].sort().join(', '));
});

describe('chaos on a cluster of two coordinators and two workers', { concurrency: 1 }, () => {
  let folder = '';
  let expected: Bits;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ebm-chaos-'));
    expected = bitsOf((await ebm(['train', FILE, ...SETTINGS, '--threads', '1', '--out', 'direct', '--json'], { cwd: folder })).lines.at(-1));
    assert.match(String(expected[0]), /^sha256:/);
  });
  after(() => { rmSync(folder, { recursive: true, force: true }); });

  for (const seed of [1, 2]) {
    test(`of seed ${seed}: the same bits`, async (context) => {
      const { applied, takeovers, seconds } = await chaos(seed, { ...PLAN, file: FILE, settings: SETTINGS, expected }, folder);
      context.diagnostic(`${applied.length} faults, ${takeovers} takeovers, ${seconds.toFixed(1)} s`);
      assert.ok(applied.length >= PLAN.faults / 2, JSON.stringify(applied));
    });
  }
});
