// Contract of engines, part two: the bounds. Sums of exactly 2^24 and 2^24 - 1, pre-activations up to their bound through int16's edges,
// large updates, and every way to diverge with its reason and place.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf, packRow } from '../../ebm/rbm/bits.ts';
import { thresholdAt, thresholdTable } from '../../ebm/rbm/thresholds.ts';
import type { Masters, Parameters } from '../../ebm/rbm/parameters.ts';
import type { ApplyOutcome, Dataset, Engine, Problem, Session } from '../../engine/engine.ts';
import { openReferenceEngine } from '../../engine/reference/engine.ts';
import { ADAM, SGD, bitRows, smallProblem, startRun } from '../support/engine-run.ts';

function rowsOf(visible: number, rows: readonly (readonly number[])[]): Uint8Array {
  const rowBytes = bytesOf(visible);
  const bytes = new Uint8Array(rows.length * rowBytes);
  rows.forEach((row, index) => { packRow(row, bytes.subarray(index * rowBytes, (index + 1) * rowBytes)); });
  return bytes;
}

function parametersOf(weights: readonly number[], visibleBias: readonly number[], hiddenBias: readonly number[]): Parameters {
  return { branch: 0, version: 0, weights: Int16Array.from(weights), visibleBias: Int32Array.from(visibleBias), hiddenBias: Int32Array.from(hiddenBias) };
}

export function boundsContract(name: string, engineOf: () => Engine): void {
  test(`${name}: statistics of exactly 2^24 and 2^24 - 1 come out to the unit`, async () => {
    const table = thresholdTable(10);
    const almost = Array.from({ length: table.bound }, (_, x) => x).find((x) => thresholdAt(table, x) === 65535)!;
    const rows = Array.from({ length: 256 }, (_, index) => [1, index === 77 ? 0 : 1]);
    const data: Dataset = { kind: 'bits', rows: 256, visible: 2, bits: rowsOf(2, rows) };
    for (const chains of [256, 1]) {
      const problem = smallProblem({ visible: 2, hidden: 3, batch: 256, chains, data });
      const session = await engineOf().load(problem);
      // hidden 0 is always on; hidden 1 has threshold 65535 in the one row where unit 1 is off; hidden 2 is always off
      const parameters = await session.adopt(parametersOf([0, almost, 0, 0, 20000, 0], [0, 0], [20000, 0, -20000]));
      const unit = { branch: 0, update: 0, version: 0, data: { from: 0, to: 256 }, chains: { from: 0, to: 0 } };
      const { sums } = await session.evaluate(unit, parameters, new Uint8Array(0));
      const outer = sums.outer.kind === 'difference' ? sums.outer.difference : sums.outer.data;
      assert.deepEqual([...outer], [2 ** 24, 2 ** 24 - 1, 0, 255 * 65536, 255 * 65536, 0]);
      assert.deepEqual([...sums.data.hidden], [2 ** 24, 2 ** 24 - 1, 0]);
      assert.deepEqual([[...sums.data.visible], sums.data.count], [[256, 255], 256]);
      await session.close();
    }
  });

  test(`${name}: pre-activations are exact through int16's edges and up to 2^24`, async () => {
    const visible = 600;
    const heights = [32767, -32768, 32767, -32768, 32766, -32767];
    const column = (hidden: number, i: number): number => {
      if (hidden === 0) return i < 500 ? 32767 : 0; // climbs to 16,383,500
      if (hidden === 1) return i < 256 ? 32767 : i < 512 ? -32768 : 4; // far up and back: ends near 0
      if (hidden === 2) return heights[i % 6]! * (i < 500 ? 1 : 0);
      return i < 512 ? -32768 : 0; // exactly -2^24
    };
    const weights = Array.from({ length: visible * 4 }, (_, index) => column(index % 4, Math.floor(index / 4)));
    const hiddenBias = [2 ** 24 - 500 * 32767, -100, 17, 0];
    const session = await engineOf().load(smallProblem({ visible, hidden: 4, data: bitRows(10, visible, 1) }));
    const parameters = await session.adopt(parametersOf(weights, new Array<number>(visible).fill(0), hiddenBias));
    const some = Array.from({ length: visible }, (_, i) => Number(i % 3 !== 1));
    const rows = [new Array<number>(visible).fill(1), new Array<number>(visible).fill(0), some];
    const inputs = rows.map((row) => hiddenBias.map((bias, j) => row.reduce((sum, on, i) => sum + on * column(j, i), bias)));
    assert.deepEqual([inputs[0]![0], inputs[0]![1], inputs[0]![3]], [2 ** 24, -4, -(2 ** 24)]);
    const table = thresholdTable(10);
    const thresholds = await session.hiddenThresholds(parameters, rowsOf(visible, rows));
    assert.deepEqual([...thresholds], inputs.flat().map((x) => thresholdAt(table, x)));
    const energies = await session.negativeFreeEnergies(parameters, rowsOf(visible, rows));
    const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    inputs.forEach((row, index) => {
      const expected = row.reduce((sum, x) => sum + softplus(x / 1024), 0);
      assert.ok(Math.abs(energies[index]! - expected) < 1e-9 * Math.max(1, expected), `${energies[index]} is not ${expected}`);
    });
    await session.close();
  });

  test(`${name}: an update of more than 32,767 samples is added in float64, exactly`, async () => {
    const rows = 32769;
    const data: Dataset = { kind: 'bits', rows, visible: 1, bits: new Uint8Array(rows).fill(1) };
    const session = await engineOf().load(smallProblem({ visible: 1, hidden: 1, batch: rows, chains: rows, data }));
    const parameters = await session.adopt(parametersOf([20000], [0], [0]));
    const { sums } = await session.evaluate({ branch: 0, update: 0, version: 0, data: { from: 0, to: rows }, chains: { from: 0, to: 0 } }, parameters, new Uint8Array(0));
    assert.ok(sums.outer.kind === 'difference' && sums.outer.difference instanceof Float64Array);
    assert.equal(sums.outer.difference[0], rows * 65536);
    await session.close();
  });

  const broken: readonly { readonly what: string; readonly change: (masters: Masters) => void; readonly reason: string; readonly where: string }[] = [
    { what: 'a weight that is NaN', change: ({ weights }) => { weights[14] = NaN; }, reason: 'not-finite', where: 'weight [1, 3]' },
    { what: 'a weight that is infinite', change: ({ weights }) => { weights[0] = -Infinity; }, reason: 'not-finite', where: 'weight [0, 0]' },
    { what: 'a weight above int16', change: ({ weights }) => { weights[142] = 32; }, reason: 'weight-out-of-grid', where: 'weight [12, 10]' },
    { what: 'a weight below int16', change: ({ weights }) => { weights[11] = -32.001; }, reason: 'weight-out-of-grid', where: 'weight [1, 0]' },
    { what: 'the first of two', change: ({ weights }) => { weights[70] = NaN; weights[69] = 33; }, reason: 'weight-out-of-grid', where: 'weight [6, 3]' },
    { what: 'a visible bias that is NaN', change: ({ visibleBias, hiddenBias }) => { visibleBias[12] = NaN; hiddenBias[0] = NaN; }, reason: 'not-finite', where: 'visible bias [12]' },
    { what: 'a hidden bias that is infinite', change: ({ hiddenBias }) => { hiddenBias[10] = Infinity; }, reason: 'not-finite', where: 'hidden bias [10]' },
    { what: 'a hidden bias beyond int32', change: ({ hiddenBias }) => { hiddenBias[2] = -4e6; }, reason: 'pre-activation-bound', where: 'hidden bias [2]' },
    { what: 'a hidden bias above 2^24', change: ({ hiddenBias, visibleBias }) => { hiddenBias[2] = -16385; visibleBias[1] = 16385; }, reason: 'pre-activation-bound', where: 'hidden unit [2]' },
    { what: 'a visible bias above 2^24', change: ({ visibleBias }) => { visibleBias[1] = 16385; }, reason: 'pre-activation-bound', where: 'visible unit [1]' },
  ];
  for (const { what, change, reason, where } of broken) {
    test(`${name}: ${what} diverges as ${reason} at ${where}`, async () => {
      const { session, state } = await startRun(engineOf(), smallProblem());
      change(state.masters);
      assert.deepEqual(await session.publish(state.masters, 0, 1), { kind: 'diverged', reason, where });
      await session.close();
    });
  }

  test(`${name}: |inputs| and |bias| of exactly 2^24 are published`, async () => {
    const { session, state } = await startRun(engineOf(), smallProblem());
    state.masters.weights.fill(0);
    state.masters.weights[5] = -32;
    state.masters.hiddenBias[5] = 16384 - 32;
    state.masters.visibleBias[0] = 32 - 16384;
    const outcome = await session.publish(state.masters, 0, 1);
    assert.ok(outcome.kind === 'applied');
    assert.deepEqual([outcome.published.weights[5], outcome.published.hiddenBias[5], outcome.published.visibleBias[0]], [-32768, 2 ** 24 - 32768, 32768 - 2 ** 24]);
    state.masters.hiddenBias[5] = 16384 - 32 + 1 / 1024;
    assert.equal((await session.publish(state.masters, 0, 2)).kind, 'diverged');
    await session.close();
  });

  test(`${name}: a step that leaves the grid, or float32, diverges with the reference's reason and place`, async () => {
    for (const optimiser of [SGD, ADAM, { ...SGD, momentum: 0.5 }]) {
      const outcome = await stepWith(engineOf(), smallProblem({ optimiser }), 1e4);
      assert.deepEqual(outcome, { kind: 'diverged', reason: 'weight-out-of-grid', where: optimiser.kind === 'adam' ? 'weight [0, 0]' : 'weight [1, 0]' });
      assert.deepEqual(outcome, await stepWith(openReferenceEngine(), smallProblem({ optimiser }), 1e4));
    }
  });

  test(`${name}: a step that overflows float32 diverges as not finite`, async () => {
    const problem = smallProblem({ optimiser: { ...SGD, weightDecay: 1e10 } });
    const { session, ...started } = await startRun(engineOf(), problem);
    started.state.masters.weights.fill(0);
    started.state.masters.weights[11] = 1e30;
    assert.deepEqual(await step(session, problem, started, 0.1), { kind: 'diverged', reason: 'not-finite', where: 'weight [1, 0]' });
    await session.close();
  });

  test(`${name}: a diverged session recovers when its state is restored`, async () => {
    const problem = smallProblem();
    const { session, state, parameters, chains } = await startRun(engineOf(), problem);
    const before = { weights: state.masters.weights.slice(), visibleBias: state.masters.visibleBias.slice(), hiddenBias: state.masters.hiddenBias.slice() };
    const offsets = [state.visibleOffset.slice(), state.hiddenOffset.slice()] as const;
    const first = await step(session, problem, { state, parameters, chains }, 0.1);
    const good = first.kind === 'applied' ? [...first.published.weights] : [];
    state.masters.weights.fill(NaN);
    assert.equal((await session.publish(state.masters, 0, 1)).kind, 'diverged');
    state.masters.weights.set(before.weights);
    state.masters.visibleBias.set(before.visibleBias);
    state.masters.hiddenBias.set(before.hiddenBias);
    state.visibleOffset.set(offsets[0]);
    state.hiddenOffset.set(offsets[1]);
    const again = await session.publish(state.masters, 0, 0);
    assert.ok(again.kind === 'applied');
    const second = await step(session, problem, { state, parameters: again.published, chains }, 0.1);
    assert.ok(second.kind === 'applied' && good.length > 0);
    assert.deepEqual([...second.published.weights], good);
    await session.close();
  });
}

type Started = Omit<Awaited<ReturnType<typeof startRun>>, 'session'>;

async function step(session: Session, problem: Problem, { state, parameters, chains }: Started, learningRate: number): Promise<ApplyOutcome> {
  const unit = { branch: 0, update: 0, version: 0, data: { from: 0, to: problem.batch }, chains: { from: 0, to: problem.chains } };
  const contribution = await session.evaluate(unit, parameters, chains);
  const outcome = await session.apply(state, contribution.sums, { update: 0, branch: 0, learningRate: Math.fround(learningRate) });
  session.release(contribution);
  return outcome;
}

async function stepWith(engine: Engine, problem: Problem, learningRate: number): Promise<ApplyOutcome> {
  const { session, ...started } = await startRun(engine, problem);
  const outcome = await step(session, problem, started, learningRate);
  await session.close();
  return outcome;
}
