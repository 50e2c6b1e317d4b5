// Workers that compute wrongly: with twins on they are found out, quarantined, and what they did is undone.
// Only ranges that two workers evaluated are compared; these tests arrange that the lie is one of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompiledJob } from '../../ebm/job.ts';
import type { RunEvent } from '../../coordinator/shell/events.ts';
import { randomCut, simulate, type SimulatedWorker } from '../support/cluster.ts';
import { runEmbedded } from '../support/embedded.ts';
import { SGD } from '../support/engine-run.ts';
import { tinyJob } from '../support/tiny-job.ts';

const ALWAYS_TWINS = { twinAfterMs: 0, leaseMs: 5_000, memberMs: 5_000, cut: ({ remaining }: { readonly remaining: number }) => remaining };

async function honestBits(job: CompiledJob): Promise<readonly (string | null)[]> {
  const { outcome } = await runEmbedded(job);
  assert.equal(outcome.kind, 'finished');
  return [outcome.parameters, outcome.chains, outcome.ledger];
}

function quarantinedIn(events: readonly RunEvent[]): readonly string[] {
  return events.filter((event) => event.kind === 'quarantined').map((event) => event.worker);
}

for (const carries of ['references', 'bytes'] as const) {
  for (const staleness of [0, 1] as const) {
    test(`W2: a liar who answers first is outvoted, and the run ends with honest bits (by ${carries}, staleness ${staleness})`, async () => {
      const job = tinyJob({ train: { staleness } });
      const workers = [{ joinsMs: 0, unitMs: 4, liesAt: 0 }, { joinsMs: 1, unitMs: 30 }, { joinsMs: 2, unitMs: 40 }];
      const { outcome, events } = await simulate(job, { seed: 1, workers, carries, fleet: ALWAYS_TWINS });
      assert.equal(outcome.kind, 'finished', JSON.stringify(outcome));
      assert.deepEqual([outcome.parameters, outcome.chains, outcome.ledger], await honestBits(job));
      assert.deepEqual(quarantinedIn(events), ['w-1']);
      assert.ok(events.some((event) => event.kind === 'returned'), 'the run took back what the liar had done');
    });
  }
}

test('W2: a liar who answers second is quarantined and nothing needs to be undone', async () => {
  const workers = [{ joinsMs: 0, unitMs: 10 }, { joinsMs: 1, unitMs: 25, liesAt: 0 }, { joinsMs: 2, unitMs: 12 }];
  const { outcome, events } = await simulate(tinyJob(), { seed: 2, workers, carries: 'bytes', fleet: ALWAYS_TWINS });
  assert.equal(outcome.kind, 'finished');
  assert.deepEqual([outcome.parameters, outcome.chains, outcome.ledger], await honestBits(tinyJob()));
  assert.deepEqual(quarantinedIn(events), ['w-2']);
  assert.ok(!events.some((event) => event.kind === 'returned'));
});

test('W2: a verdict that comes while the step is under way waits for it, and takes it back', async () => {
  for (const applyMs of [20, 40, 60, 80]) {
    const workers = [{ joinsMs: 0, unitMs: 4, liesAt: 0 }, { joinsMs: 1, unitMs: 10 }, { joinsMs: 2, unitMs: 12 }];
    const { outcome, events } = await simulate(tinyJob(), { seed: 5, workers, carries: 'bytes', fleet: ALWAYS_TWINS, applyMs });
    assert.equal(outcome.kind, 'finished', JSON.stringify(outcome));
    assert.deepEqual([outcome.parameters, outcome.chains, outcome.ledger], await honestBits(tinyJob()), `a step of ${applyMs} ms`);
    assert.deepEqual(quarantinedIn(events), ['w-1']);
  }
});

test('a return to a scheduled checkpoint is noted beside the ledger, not in it', async () => {
  let seen = 0;
  for (let liesAt = 4; liesAt < 12; liesAt += 1) {
    const job = tinyJob({ train: { updates: 20 }, job: { checkpoint: { every: 2, keep: 30 } } });
    const workers = [{ joinsMs: 0, unitMs: 5, liesAt }, { joinsMs: 2, unitMs: 31 }, { joinsMs: 3, unitMs: 47 }];
    const { outcome, events, journal } = await simulate(job, { seed: 3, workers, carries: 'bytes', fleet: ALWAYS_TWINS });
    assert.equal(outcome.kind, 'finished');
    const returned = events.find((event) => event.kind === 'returned');
    if (returned === undefined) continue;
    seen += 1;
    assert.deepEqual([outcome.parameters, outcome.chains, outcome.ledger], await honestBits(job), `lie at ${liesAt}`);
    assert.equal(returned.to, liesAt - (liesAt % 2));
    assert.ok(journal.lines.some((line) => String(line.aside['returned']).includes('w-1')));
  }
  assert.ok(seen >= 2, `${seen} lies were found out after they had been committed`);
});

test('a return to a checkpoint from before a rollback takes the rollback again: its lines are in the ledger', async () => {
  const job = tinyJob({ train: { updates: 12, optimiser: { ...SGD, warmup: 5, learningRate: 60 } }, job: { checkpoint: { every: 4, keep: 2 } } });
  let returns = 0;
  for (let liesAt = 5; liesAt < 8; liesAt += 1) {
    const workers = [{ joinsMs: 0, unitMs: 5, liesAt }, { joinsMs: 2, unitMs: 31 }, { joinsMs: 3, unitMs: 47 }];
    const { outcome, events } = await simulate(job, { seed: 3, workers, carries: 'bytes', fleet: ALWAYS_TWINS });
    const rollback = events.findIndex((event) => event.kind === 'rollback');
    if (!events.some((event, index) => event.kind === 'returned' && rollback >= 0 && index > rollback)) continue;
    returns += 1;
    assert.equal(outcome.kind, 'finished', JSON.stringify(outcome));
    assert.deepEqual([outcome.parameters, outcome.chains, outcome.ledger], await honestBits(job), `lie at ${liesAt}`);
  }
  assert.ok(returns > 0, 'a lie was taken back that was told after a rollback');
});

test('W3: a disagreement that nobody can decide ends the run, with both names', async () => {
  const workers = [{ joinsMs: 0, unitMs: 4, liesAt: 0 }, { joinsMs: 1, unitMs: 30 }];
  const { outcome } = await simulate(tinyJob(), { seed: 4, workers, carries: 'bytes', fleet: { ...ALWAYS_TWINS, disputeMs: 2_000 } });
  assert.equal(outcome.kind, 'failed');
  assert.equal(outcome.code, 'workers-disagree');
  assert.match(outcome.message, /w-1.*w-2|w-2.*w-1/);
});

test('W2: whatever the seed, a lie that is found out leaves no trace, and only the liar is quarantined', async () => {
  const expected = await honestBits(tinyJob());
  let caught = 0;
  for (let seed = 1; seed <= 24; seed += 1) {
    const workers: SimulatedWorker[] = [0, 1, 2, 3].map((i) => {
      const worker = { joinsMs: i, unitMs: 5 + ((7 * seed + 11 * i) % 40) };
      return i === seed % 4 ? { ...worker, liesAt: seed % 3 } : worker;
    });
    const { outcome, events } = await simulate(tinyJob(), {
      seed, workers, carries: seed % 2 === 0 ? 'references' : 'bytes', faults: { duplicated: 0.1, delayMsMin: 0, delayMsMax: 15 },
      fleet: { ...ALWAYS_TWINS, cut: randomCut(seed) }, applyMs: (seed % 4) * 9,
    });
    assert.equal(outcome.kind, 'finished', `seed ${seed}: ${JSON.stringify(outcome)}`);
    const liars = quarantinedIn(events);
    assert.ok(liars.every((worker) => worker === `w-${(seed % 4) + 1}`), `seed ${seed}: only the liar is quarantined`);
    if (liars.length === 0) continue;
    caught += 1;
    assert.deepEqual([outcome.parameters, outcome.chains, outcome.ledger], expected, `seed ${seed}`);
  }
  assert.ok(caught >= 6, `${caught} of 24 liars were caught`);
});
