// Contract of engines, part three: sampling with fixed parameters, free energies, hidden means and annealed runs of a published model.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf, rowOf, unpackRow } from '../../ebm/rbm/bits.ts';
import { hiddenProbabilities, negativeFreeEnergy } from '../../ebm/rbm/energy.ts';
import { PURPOSES } from '../../ebm/random/purposes.ts';
import { annealedLogWeights } from '../../ebm/partition/annealing.ts';
import { baseBiases } from '../../ebm/partition/base.ts';
import { exactLogPartition } from '../../ebm/partition/enumeration.ts';
import { linearBetas } from '../../ebm/partition/temperatures.ts';
import type { Engine, SampleResult, SampleUnit, Session } from '../../engine/engine.ts';
import { bitRows, smallProblem, startRun, type Start } from '../support/engine-run.ts';

const COUNT = 9;

async function started(engine: Engine, hidden = 11): Promise<Start> {
  return startRun(engine, smallProblem({ hidden, chains: COUNT, batch: COUNT }));
}

/** A unit of all chains from the run's start; purposes and half-steps those of an update. */
function unitOf({ parameters, chains }: Start, changes: Partial<SampleUnit> = {}): SampleUnit {
  const base: SampleUnit = {
    parameters, purpose: PURPOSES.chains, branch: 0, word3: 4, chains: { from: 0, to: COUNT }, states: chains.slice(), steps: 3, firstHalfStep: 0, clamp: null,
  };
  return { ...base, ...changes };
}

async function sampled(session: Session, unit: SampleUnit): Promise<SampleResult> {
  const { states, visible, visibleThresholds } = await session.sample(unit);
  return { states: Uint8Array.from(states), visible: Uint8Array.from(visible), visibleThresholds: Int32Array.from(visibleThresholds) };
}

export function sampleContract(name: string, engineOf: () => Engine): void {
  test(`${name}: sampling advances chains as an update of PCD does, in place`, async () => {
    const problem = smallProblem({ steps: 3, chains: COUNT, batch: COUNT });
    const start = await startRun(engineOf(), problem);
    const { session, parameters, chains } = start;
    const update = await session.evaluate({ branch: 0, update: 4, version: 0, data: { from: 0, to: 0 }, chains: { from: 0, to: COUNT } }, parameters, chains);
    const unit = unitOf(start);
    const result = await sampled(session, unit);
    assert.deepEqual(result.states, Uint8Array.from(update.chains));
    assert.deepEqual(Uint8Array.from(unit.states), result.states);
    const sums = new Int32Array(problem.visible);
    for (let index = 0; index < COUNT; index += 1) unpackRow(rowOf(result.visible, 13, index), 13).forEach((bit, i) => { sums[i]! += bit; });
    assert.deepEqual(sums, Int32Array.from(update.sums.model.visible));
    await session.close();
  });

  test(`${name}: three steps are one step and two more, in any ranges`, async () => {
    const start = await started(engineOf(), 70);
    const whole = await sampled(start.session, unitOf(start));
    const states = start.chains.slice();
    await start.session.sample(unitOf(start, { states, steps: 1 }));
    const rowBytes = bytesOf(70);
    const parts: SampleResult[] = [];
    for (const [from, to] of [[0, 4], [4, 5], [5, COUNT]] as const) {
      parts.push(await sampled(start.session, unitOf(start, { chains: { from, to }, states: states.slice(from * rowBytes, to * rowBytes), steps: 2, firstHalfStep: 2 })));
    }
    assert.deepEqual(parts.flatMap((part) => [...part.states]), [...whole.states]);
    assert.deepEqual(parts.flatMap((part) => [...part.visible]), [...whole.visible]);
    assert.deepEqual(parts.flatMap((part) => [...part.visibleThresholds]), [...whole.visibleThresholds]);
    await start.session.close();
  });

  test(`${name}: golden vector of samples, and purpose, word 3 and branch change them`, async () => {
    const start = await started(engineOf());
    const first = await sampled(start.session, unitOf(start));
    assert.deepEqual([...first.visible.subarray(0, 8)], GOLDEN_VISIBLE);
    assert.deepEqual([...first.visibleThresholds.subarray(0, 4)], GOLDEN_THRESHOLDS);
    for (const change of [{ purpose: PURPOSES.samples }, { word3: 5 }, { branch: 1 }, { firstHalfStep: 6 }]) {
      assert.notDeepEqual(await sampled(start.session, unitOf(start, change)), first, JSON.stringify(change));
    }
    await start.session.close();
  });

  test(`${name}: clamped units keep their values, and their thresholds are 0 or 65536`, async () => {
    const start = await started(engineOf());
    const mask = Uint8Array.of(0b1010_0101, 0b0001_0000);
    const values = Uint8Array.from({ length: 2 * COUNT }, (_, index) => (index % 2 === 0 ? (37 * index) & 255 : (index * 5) & 31));
    const { visible, visibleThresholds } = await sampled(start.session, unitOf(start, { clamp: { mask, values } }));
    for (let chain = 0; chain < COUNT; chain += 1) {
      const given = unpackRow(rowOf(values, 13, chain), 13);
      const got = unpackRow(rowOf(visible, 13, chain), 13);
      for (const i of [0, 2, 5, 7, 12]) assert.deepEqual([got[i], visibleThresholds[13 * chain + i]], [given[i], 65536 * given[i]!]);
    }
    assert.ok(visible.every((byte, index) => index % 2 === 0 || byte < 32), 'spare bits are 0');
    const free = await sampled(start.session, unitOf(start));
    const none = await sampled(start.session, unitOf(start, { clamp: { mask: new Uint8Array(2), values } }));
    assert.deepEqual(none, free, 'an empty mask clamps nothing');
    await start.session.close();
  });

  test(`${name}: negative free energies and hidden thresholds of rows are the model's`, async () => {
    for (const [visible, hidden] of [[13, 11], [64, 65], [500, 130]] as const) {
      const problem = smallProblem({ visible, hidden });
      const { session, state } = await startRun(engineOf(), problem);
      state.masters.weights.forEach((weight, index) => { state.masters.weights[index] = 60 * weight; });
      const outcome = await session.publish(state.masters, 0, 1);
      assert.ok(outcome.kind === 'applied');
      const model = { visible, hidden, grid: 10, parameters: outcome.published };
      const { bits } = bitRows(6, visible, 9);
      const energies = await session.negativeFreeEnergies(outcome.published, bits);
      const thresholds = await session.hiddenThresholds(outcome.published, bits);
      assert.deepEqual([energies.length, thresholds.length], [6, 6 * hidden]);
      for (let index = 0; index < 6; index += 1) {
        const row = rowOf(bits, visible, index);
        const expected = negativeFreeEnergy(model, row);
        assert.ok(Math.abs(energies[index]! - expected) <= 1e-11 * Math.max(1, Math.abs(expected)), `${energies[index]} is not ${expected}`);
        hiddenProbabilities(model, row).forEach((probability, j) => {
          assert.ok(Math.abs(thresholds[index * hidden + j]! - 65536 * probability) <= 0.5 + 1e-6);
        });
      }
      assert.equal((await session.negativeFreeEnergies(outcome.published, new Uint8Array(0))).length, 0);
      await session.close();
    }
  });

  test(`${name}: annealed runs are those of ebm/partition to the bit, in any ranges`, async () => {
    const problem = smallProblem({ hidden: 9 });
    const { session, parameters } = await startRun(engineOf(), problem);
    const betas = linearBetas(20);
    const baseBias = baseBiases(new Float64Array(13).fill(0.3), 10);
    const model = { visible: 13, hidden: 9, grid: 10, parameters };
    const starts = bitRows(7, 13, 3).bits;
    for (const kind of ['ais', 'reverse', 'raise'] as const) {
      const startsOf = (from: number, to: number): Uint8Array | null => (kind === 'ais' ? null : starts.slice(2 * from, 2 * to));
      const expected = annealedLogWeights({ model, seed: problem.seed, kind, runs: { from: 0, to: 7 }, betas, baseBias, starts: startsOf(0, 7) });
      const weights: number[] = [];
      for (const [from, to] of [[0, 3], [3, 3], [3, 7]] as const) {
        weights.push(...await session.logPartition({ parameters, kind, runs: { from, to }, betas, baseBias, starts: startsOf(from, to) }));
      }
      assert.deepEqual(weights, [...expected], kind);
    }
    await session.close();
  });

  test(`${name}: the exact log-partition is that of ebm/partition`, async () => {
    const { session, parameters } = await startRun(engineOf(), smallProblem());
    assert.equal(await session.exactLogPartition(parameters), exactLogPartition({ visible: 13, hidden: 11, grid: 10, parameters }));
    const wide = await startRun(engineOf(), smallProblem({ visible: 21, hidden: 22 }));
    await assert.rejects(wide.session.exactLogPartition(wide.parameters), /20 units/);
    await wide.session.close();
    await session.close();
  });

  test(`${name}: a state comes zeroed, with as many slots as the optimiser keeps`, async () => {
    const session = await engineOf().load(smallProblem({ average: 0.5, optimiser: { ...smallProblem().optimiser, kind: 'adam' } }));
    const state = session.createState();
    assert.deepEqual([state.visible, state.hidden, state.slots.length, state.average === null], [13, 11, 2, false]);
    for (const { weights, visibleBias, hiddenBias } of [state.masters, ...state.slots, state.average!]) {
      assert.deepEqual([weights.length, visibleBias.length, hiddenBias.length], [143, 13, 11]);
      assert.ok([...weights, ...visibleBias, ...hiddenBias].every((value) => value === 0));
    }
    assert.ok([...state.visibleOffset, ...state.hiddenOffset].every((value) => value === 0));
    await session.close();
    const plain = await engineOf().load(smallProblem());
    const { slots, average } = plain.createState();
    assert.deepEqual([slots.length, average], [0, null]);
    await plain.close();
  });
}

const GOLDEN_VISIBLE: readonly number[] = [194, 1, 1, 1, 74, 31, 88, 5];
const GOLDEN_THRESHOLDS: readonly number[] = [28473, 25926, 19535, 34957];
