// What travels on a wire has no effect on the bits: factors or sums, whole units or many, versions announced as differences or asked for, over a
// network that loses, doubles and delays messages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formOf } from '../../coordinator/machine/forms.ts';
import { FLEET_RULES, wholeCut, type CutPoint, type FleetRules } from '../../coordinator/machine/settings.ts';
import { randomCut, simulate, type ClusterRun } from '../support/cluster.ts';
import { tinyJob } from '../support/tiny-job.ts';

const SMALLEST: Partial<FleetRules> = { forms: 'smallest', cut: wholeCut, extends: true };
const WORKERS = [{ joinsMs: 0, unitMs: 5 }, { joinsMs: 3, unitMs: 9 }, { joinsMs: 200, unitMs: 2 }];
/** So many units that factors are fewer bytes than sums. */
const WIDE = { visible: 9, hidden: 40 };

function bitsOf({ outcome }: ClusterRun): readonly unknown[] {
  assert.ok(outcome.kind === 'finished', JSON.stringify(outcome));
  return [outcome.parameters, outcome.chains, outcome.ledger];
}

for (const [name, train] of [
  ['pcd', {}], ['staleness 1', { staleness: 1 }], ['more chains than samples', { chains: 13 }], ['cd', { objective: 'cd', chains: null, steps: 2 }], ['an average', { average: 0.9 }],
] as const) {
  test(`the smallest forms give the bits of sums by reference, ${name}`, async () => {
    const job = tinyJob({ train, job: { model: { ...tinyJob().model, hidden: WIDE.hidden } } });
    const plain = await simulate(job, { seed: 1, workers: [{ joinsMs: 0, unitMs: 5 }], carries: 'references' });
    for (const seed of [1, 2, 3]) {
      const faults = { dropped: 0.05, duplicated: 0.1, delayMsMin: 1, delayMsMax: 12 };
      for (const fleet of [SMALLEST, { ...SMALLEST, cut: randomCut(seed) }, { ...SMALLEST, twinUnits: 2, twinMsMin: 1 }]) {
        const run = await simulate(job, { seed, workers: WORKERS, carries: 'bytes', fleet, faults });
        assert.deepEqual(bitsOf(run), bitsOf(plain));
      }
    }
  });
}

test('a worker that missed what was announced asks for it, and gets the same', async () => {
  const job = tinyJob({ train: { updates: 20 } });
  const workers = [{ joinsMs: 0, unitMs: 5 }, { joinsMs: 60, unitMs: 5, diesMs: 140 }, { joinsMs: 90, unitMs: 3 }];
  const plain = await simulate(job, { seed: 1, workers: [{ joinsMs: 0, unitMs: 5 }], carries: 'references' });
  const run = await simulate(job, { seed: 5, workers, carries: 'bytes', fleet: SMALLEST, faults: { dropped: 0.2 } });
  assert.deepEqual(bitsOf(run), bitsOf(plain));
});

test('a worker that lies in factors is outvoted, and the run ends with honest bits', async () => {
  const job = tinyJob({ train: { updates: 12, batch: 2, chains: 2 }, job: { model: { ...tinyJob().model, hidden: WIDE.hidden } } });
  assert.equal(formOf({ job, fleet: { ...FLEET_RULES, ...SMALLEST } }, { from: 0, to: 2 }, { from: 0, to: 2 }), 'factors');
  const plain = await simulate(job, { seed: 1, workers: [{ joinsMs: 0, unitMs: 5 }], carries: 'references' });
  const workers = [{ joinsMs: 0, unitMs: 4, liesAt: 0 }, { joinsMs: 1, unitMs: 30 }, { joinsMs: 2, unitMs: 40 }];
  const fleet = { ...SMALLEST, twinAfterMs: 0, leaseMs: 5_000, memberMs: 5_000, cut: ({ remaining }: CutPoint) => remaining };
  const run = await simulate(job, { seed: 1, workers, carries: 'bytes', fleet });
  assert.deepEqual(bitsOf(run), bitsOf(plain));
  assert.deepEqual(run.events.flatMap((event) => event.kind === 'quarantined' ? [event.worker] : []), ['w-1']);
});
