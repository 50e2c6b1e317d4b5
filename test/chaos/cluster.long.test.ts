// Chaos on real processes, many seeds: each has its own faults, and the jobs take turns: plain, one update stale, contrastive divergence, and data
// whose binarising is drawn. EBM_CHAOS_SEEDS=FIRST-LAST runs others.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ebm } from '../process/support.ts';
import { chaos } from '../support/chaos-run.ts';
import type { Fault, Plan } from '../support/chaos-schedule.ts';
import { bitsOf, sets, type Bits } from '../support/roles.ts';

const EXAMPLE = resolve('examples/mnist-rbm.yaml');
const PLAN: Plan = { faults: 6, workers: 3, updates: 900, every: 20 };
const COMMON = [`train.updates=${PLAN.updates}`, 'model.hidden=100', `checkpoint.every=${PLAN.every}`, 'ledger.every=10', 'evaluate=off'];
const JOBS = [
  { name: 'plain', settings: sets(...COMMON) },
  { name: 'stale', settings: sets(...COMMON, 'train.staleness=1') },
  { name: 'cd', settings: sets(...COMMON, 'train.objective=cd', 'train.chains=null') },
  { name: 'stochastic', settings: sets(...COMMON, 'data.binarise=stochastic') },
] as const;
const [FIRST = 1, LAST = FIRST] = (process.env['EBM_CHAOS_SEEDS'] ?? '101-124').split('-').map(Number);

describe('chaos on a cluster of two coordinators and three workers', { concurrency: 1 }, () => {
  let folder = '';
  const expected: Bits[] = [];
  const applied: Fault[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ebm-chaos-'));
    for (const { name, settings } of JOBS) {
      const end = await ebm(['train', EXAMPLE, ...settings, '--threads', '1', '--out', name, '--json'], { cwd: folder });
      assert.equal(end.lines.at(-1)?.kind, 'finished', end.stdout + end.stderr);
      expected.push(bitsOf(end.lines.at(-1)));
    }
  });
  after(() => { rmSync(folder, { recursive: true, force: true }); });

  for (let seed = FIRST; seed <= LAST; seed += 1) {
    const index = seed % JOBS.length;
    const { name, settings } = JOBS[index]!;
    test(`of seed ${seed}, ${name}: the same bits`, async (context) => {
      const outcome = await chaos(seed, { ...PLAN, file: EXAMPLE, settings, expected: expected[index]! }, folder);
      applied.push(...outcome.applied);
      context.diagnostic(`${outcome.applied.length} faults, ${outcome.takeovers} takeovers, ${outcome.seconds.toFixed(1)} s`);
    });
  }

  test('most of the faults came before their jobs had ended', (context) => {
    const counts = new Map<string, number>();
    for (const { blow, victim } of applied) counts.set(`${blow} ${victim}`, (counts.get(`${blow} ${victim}`) ?? 0) + 1);
    context.diagnostic([...counts].sort().map(([what, count]) => `${what} ${count}`).join(', '));
    assert.ok(applied.length >= 0.7 * PLAN.faults * (LAST - FIRST + 1), `${applied.length} faults`);
  });
});
