// The oracle of the whole design: whatever happens to workers and messages, a run ends with the bits of the undisturbed one-worker run.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompiledJob } from '../../ebm/job.ts';
import type { RunOutcome } from '../../coordinator/shell/events.ts';
import { chance, randomCut, simulate, type ClusterOptions, type SimulatedWorker } from '../support/cluster.ts';
import { runEmbedded } from '../support/embedded.ts';
import { tinyJob } from '../support/tiny-job.ts';

const jobs: readonly (readonly [string, CompiledJob])[] = [
  ['PCD, B = M', tinyJob()],
  ['PCD, B < M', tinyJob({ train: { chains: 13, steps: 2 } })],
  ['PCD, B > M', tinyJob({ train: { chains: 3 } })],
  ['CD', tinyJob({ train: { objective: 'cd', chains: null } })],
  ['staleness 1', tinyJob({ train: { staleness: 1 } })],
  ['staleness 1, B < M', tinyJob({ train: { staleness: 1, chains: 11 } })],
];

const undisturbed = new Map<string, Promise<Bits>>();
interface Bits { readonly parameters: string; readonly chains: string | null; readonly ledger: string }

function bitsOf(outcome: RunOutcome): Bits {
  assert.equal(outcome.kind, 'finished', JSON.stringify(outcome));
  return { parameters: outcome.parameters, chains: outcome.chains, ledger: outcome.ledger };
}

function oracle(name: string, job: CompiledJob): Promise<Bits> {
  const known = undisturbed.get(name) ?? runEmbedded(job).then(({ outcome }) => bitsOf(outcome));
  undisturbed.set(name, known);
  return known;
}

const STEADY: SimulatedWorker = { joinsMs: 0, unitMs: 10 };

function fleet(size: number, seed: number): SimulatedWorker[] {
  return Array.from({ length: size }, (_, i) => ({ joinsMs: Math.floor(20 * chance(seed, 'joins', i)), unitMs: 5 + Math.floor(20 * chance(seed, 'unit', i)) }));
}

/** Workers that come late and die in mid-update, and one that stays. */
function mortals(size: number, seed: number): SimulatedWorker[] {
  const dying = Array.from({ length: size }, (_, i) => {
    const joinsMs = Math.floor(300 * chance(seed, 'joins', i));
    const life = Math.floor(200 * chance(seed, 'life', i));
    const ends = chance(seed, 'ends', i) < 0.6 ? { diesMs: joinsMs + life } : { drainsMs: joinsMs + life };
    return { joinsMs, unitMs: 3 + Math.floor(30 * chance(seed, 'unit', i)), ...ends };
  });
  return [{ joinsMs: 150, unitMs: 12 }, ...dying];
}

for (const [name, job] of jobs) {
  for (const carries of ['references', 'bytes'] as const) {
    for (const size of [1, 2, 3, 7]) {
      test(`${name}: ${size} workers, random cuts, by ${carries}: the bits of one worker`, async () => {
        const options: ClusterOptions = { seed: size, workers: fleet(size, size), carries, fleet: { cut: randomCut(size) } };
        assert.deepEqual(bitsOf((await simulate(job, options)).outcome), await oracle(name, job));
      });
    }
    test(`${name}: workers die and join in mid-update, by ${carries}: the bits of one worker`, async () => {
      for (const seed of [1, 2, 3]) {
        const { outcome } = await simulate(job, { seed, workers: mortals(5, seed), carries, fleet: { cut: randomCut(seed) } });
        assert.deepEqual(bitsOf(outcome), await oracle(name, job), `seed ${seed}`);
      }
    });
    test(`${name}: messages are lost, doubled and late, by ${carries}: the bits of one worker`, async () => {
      for (const seed of [1, 2, 3]) {
        const faults = { dropped: 0.08, duplicated: 0.1, delayMsMin: 0, delayMsMax: 40 };
        const { outcome } = await simulate(job, { seed, workers: fleet(3, seed), carries, faults, fleet: { cut: randomCut(seed) } });
        assert.deepEqual(bitsOf(outcome), await oracle(name, job), `seed ${seed}`);
      }
    });
    test(`${name}: a straggler has twins, by ${carries}: the bits of one worker`, async () => {
      const workers = [STEADY, { joinsMs: 0, unitMs: 300 }, { joinsMs: 5, unitMs: 20 }];
      const { outcome, telemetry } = await simulate(job, { seed: 4, workers, carries, fleet: { twinAfterMs: 30, leaseMs: 2_000, cut: randomCut(4) } });
      assert.deepEqual(bitsOf(outcome), await oracle(name, job));
      assert.ok(telemetry.counter('ebm_twin_leases_total') > 0, 'twins were given');
    });
  }
}

test('everything at once: mortal workers, bad messages, twins, 20 seeds', async () => {
  for (let seed = 10; seed < 30; seed += 1) {
    const [name, job] = jobs[seed % jobs.length]!;
    const faults = { dropped: 0.05 * chance(seed, 'dropped'), duplicated: 0.1, delayMsMin: 0, delayMsMax: 30 };
    const carries = seed % 2 === 0 ? 'references' : 'bytes';
    const { outcome } = await simulate(job, { seed, workers: mortals(6, seed), carries, faults, fleet: { twinAfterMs: 60, cut: randomCut(seed) }, applyMs: seed % 3 * 7 });
    assert.deepEqual(bitsOf(outcome), await oracle(name, job), `seed ${seed}`);
  }
});
