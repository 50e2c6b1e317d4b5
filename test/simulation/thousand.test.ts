// A large fleet on the simulated network: what its machine does for a thousand workers changes no bit of the result.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunOutcome } from '../../coordinator/shell/events.ts';
import { CLUSTER_RULES } from '../../coordinator/shell/options.ts';
import { chance, simulate } from '../support/cluster.ts';
import { runEmbedded } from '../support/embedded.ts';
import { tinyJob } from '../support/tiny-job.ts';

const WORKERS = 1_000;

function bitsOf(outcome: RunOutcome): readonly (string | null)[] {
  assert.equal(outcome.kind, 'finished', JSON.stringify(outcome));
  return [outcome.parameters, outcome.chains, outcome.ledger];
}

for (const staleness of [0, 1] as const) {
  test(`1,000 workers, staleness ${staleness}: the bits of one worker, and all of them had work`, { timeout: 120_000 }, async () => {
    const job = tinyJob({ train: { batch: 2_000, chains: 2_000, updates: 4, staleness } });
    const workers = Array.from({ length: WORKERS }, (_, i) => ({ joinsMs: 0, unitMs: 5 + Math.floor(20 * chance(1, 'unit', i)) }));
    const { outcome, telemetry } = await simulate(job, { seed: 1, workers, carries: 'references', fleet: CLUSTER_RULES });
    assert.deepEqual(bitsOf(outcome), bitsOf((await runEmbedded(job)).outcome));
    assert.ok(telemetry.counter('ebm_leases_total') >= WORKERS, `${telemetry.counter('ebm_leases_total')} leases`);
  });
}
