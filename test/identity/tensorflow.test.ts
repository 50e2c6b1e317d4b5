// Bit-identity with TensorFlow: the runs of the other engines, by any workers, wire and cut; in fleets of wasm and TensorFlow together, of which one dies.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { guidedCut } from '../../coordinator/machine/settings.ts';
import type { Engine } from '../../engine/engine.ts';
import { openReferenceEngine } from '../../engine/reference/engine.ts';
import { openWasmEngine } from '../../engine/wasm/engine.ts';
import { openTensorflow } from '../support/tensorflow.ts';
import { bitsOf, randomCut, runFleet, type Bits } from './fleet.ts';
import { jobOfWay, RESCUES, jobOf, WAYS } from './jobs.ts';
import { Pending, runTimed } from './time.ts';

const reference = openReferenceEngine();
let tensorflow: Engine;
let wasm: Engine;
before(async () => {
  tensorflow = await openTensorflow(2);
  wasm = await openWasmEngine({ threads: 1 });
});
after(async () => {
  await tensorflow.close();
  await wasm.close();
});

const POINTS = [[1, 'references', guidedCut], [3, 'bytes', randomCut(5)]] as const;

describe('the bits of the reference, by any workers, wire and cut', () => {
  for (const [number, [way, changes]] of WAYS.entries()) {
    test(way, async () => {
      const job = jobOfWay(changes, number % 2 === 0 ? 0 : 1);
      const expected = await bitsOf(await runFleet(job, { engine: reference }));
      for (const [workers, wire, cut] of POINTS) {
        assert.deepEqual(await bitsOf(await runFleet(job, { engine: tensorflow, workers, wire, rules: { cut } })), expected, `${workers} workers by ${wire}`);
      }
    });
  }

  test('runs that diverge and are rescued', async () => {
    for (const [name, changes] of RESCUES) {
      assert.deepEqual(await bitsOf(await runFleet(jobOf(changes), { engine: tensorflow, workers: 2, wire: 'bytes' })), await bitsOf(await runFleet(jobOf(changes), { engine: reference })), name);
    }
  });
});

describe('a fleet of wasm and TensorFlow, of which a worker is killed in mid-update and comes again: the bits of the reference', () => {
  for (const [number, [way, changes]] of WAYS.entries()) {
    test(way, async () => {
      const job = jobOfWay(changes, number % 2 === 0 ? 1 : 0);
      const expected: Bits = await bitsOf(await runFleet(job, { engine: reference }));
      const killed = number % 2 === 0 ? 'w-1' : 'w-2'; // the one on TensorFlow, and the one on wasm
      const pending = new Pending();
      let leases = 0;
      const run = await runTimed(job, {
        engine: wasm, wire: 'bytes', workers: 2, rules: { leaseMs: 400, memberMs: 3_000, heartbeatMs: 500, cut: randomCut(number) }, unitMs: () => 5,
        engineFor: (role) => ['w-1', 'late'].includes(role) ? tensorflow : wasm,
        onMessage(message, to, fleet) {
          if (message.kind !== 'lease' || to !== killed) return true;
          leases += 1;
          if (leases !== 5) return true;
          fleet.clock.after(2, () => { fleet.workers.get(killed)!.kill(); });
          fleet.clock.after(60, () => { void pending.during(fleet.join('late')); });
          return true;
        },
      }, pending);
      assert.deepEqual(await bitsOf(run), expected);
      assert.ok(leases >= 5 && (run.contributions.get('w-1') ?? 0) > 0 && (run.contributions.get('w-2') ?? 0) > 0, 'both computed, and one died');
      assert.ok(run.telemetry.counter('ebm_units_total', { outcome: 'expired' }) > 0, 'the unit at hand was lost');
    });
  }
});
