// Contract of engines, part four: the mathematics. Statistics against exact enumeration, the gradient against finite differences of the
// log-likelihood, and the centred step against a direct float64 implementation of the centred parametrisation (Melchior et al. 2016).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hiddenProbabilities } from '../../ebm/rbm/energy.ts';
import { rowOf, unpackRow } from '../../ebm/rbm/bits.ts';
import { startChains } from '../../ebm/rbm/initial.ts';
import { exactStatistics } from '../../ebm/partition/enumeration.ts';
import type { Parameters, PhaseSums, UpdateSums } from '../../ebm/rbm/parameters.ts';
import type { Dataset, Engine, Problem, Session } from '../../engine/engine.ts';
import { CentredModel } from '../support/centred-model.ts';
import { ADAM, SGD, bitRows, smallProblem, startRun } from '../support/engine-run.ts';
import { exactDistribution, exactMeans, tinyModel } from '../support/tiny-rbm.ts';

const NOTHING = { from: 0, to: 0 };

function outerOf(sums: UpdateSums, phase: 'data' | 'model'): Int32Array | Float64Array {
  return sums.outer.kind === 'difference' ? sums.outer.difference : sums.outer[phase];
}

/** Means of a phase: v, h, v h^T. */
function meansOf(phase: PhaseSums, outer: ArrayLike<number>): number[] {
  const hidden = (sum: number): number => sum / (65536 * phase.count);
  return [...[...phase.visible].map((sum) => sum / phase.count), ...[...phase.hidden].map(hidden), ...Array.from(outer, hidden)];
}

export function exactContract(name: string, engineOf: () => Engine): void {
  test(`${name}: statistics of the data phase are exact conditionals, to a threshold's rounding`, async () => {
    const data = bitRows(20, 4, 8);
    const model = tinyModel({ visible: 4, hidden: 3, grid: 10, seed: 21, spread: 2 });
    const session = await engineOf().load(smallProblem({ visible: 4, hidden: 3, batch: 20, chains: 7, data }));
    const parameters = await session.adopt(model.parameters);
    const { sums } = await session.evaluate({ branch: 0, update: 0, version: 0, data: { from: 0, to: 20 }, chains: NOTHING }, parameters, new Uint8Array(0));
    const expected = new Float64Array(4 + 3 + 12);
    for (let row = 0; row < 20; row += 1) {
      const visible = unpackRow(rowOf(data.bits, 4, row), 4);
      const hidden = hiddenProbabilities(model, rowOf(data.bits, 4, row));
      const terms = [...visible, ...hidden, ...[...visible].flatMap((bit) => [...hidden].map((p) => bit * p))];
      terms.forEach((term, index) => { expected[index]! += term / 20; });
    }
    meansOf(sums.data, outerOf(sums, 'data')).forEach((mean, index) => {
      assert.ok(Math.abs(mean - expected[index]!) < 8e-6, `statistic ${index}: ${mean} is not ${expected[index]}`);
    });
    await session.close();
  });

  test(`${name}: model statistics of 6,000 chains are the exact ones (19 statistics within 5.2 standard errors: false alarms below 4e-6)`, async () => {
    const model = tinyModel({ visible: 4, hidden: 3, grid: 10, seed: 22, spread: 1.2 });
    const means = exactMeans(model, exactDistribution(model));
    const exact = [...means.visible, ...means.hidden, ...means.outer];
    const chains = 6000;
    for (const steps of [1, 4]) {
      const session = await engineOf().load(smallProblem({ visible: 4, hidden: 3, chains, steps, data: bitRows(20, 4, 8) }));
      const parameters = await session.adopt(model.parameters);
      let states: Uint8Array = startChains(5, { from: 0, to: chains }, 3);
      let found: number[] = [];
      for (let update = 0; update < 40 / steps; update += 1) {
        const contribution = await session.evaluate({ branch: 0, update, version: 0, data: NOTHING, chains: { from: 0, to: chains } }, parameters, states);
        states = Uint8Array.from(contribution.chains);
        found = meansOf(contribution.sums.model, outerOf(contribution.sums, 'model'));
        session.release(contribution);
      }
      found.forEach((mean, index) => {
        const error = Math.sqrt((exact[index]! * (1 - exact[index]!)) / chains);
        assert.ok(Math.abs(mean - exact[index]!) < 5.2 * error, `statistic ${index}: ${mean} is not ${exact[index]} within ${error}`);
      });
      await session.close();
    }
  });

  test(`${name}: data statistics minus exact model statistics are the slope of the mean log-likelihood`, async () => {
    const data = bitRows(12, 5, 3);
    const model = tinyModel({ visible: 5, hidden: 4, grid: 10, seed: 23, spread: 1 });
    const session = await engineOf().load(smallProblem({ visible: 5, hidden: 4, batch: 12, chains: 5, data }));
    const { sums } = await session.evaluate(
      { branch: 0, update: 0, version: 0, data: { from: 0, to: 12 }, chains: NOTHING }, await session.adopt(model.parameters), new Uint8Array(0));
    const exact = exactStatistics(model);
    const modelMeans = [...exact.visible, ...exact.hidden, ...exact.outer];
    const gradient = meansOf(sums.data, outerOf(sums, 'data')).map((mean, index) => mean - modelMeans[index]!);
    const width = 16; // grid units to each side
    for (let index = 0; index < gradient.length; index += 1) {
      const up = await logLikelihood(session, moved(model.parameters, index, width), data);
      const down = await logLikelihood(session, moved(model.parameters, index, -width), data);
      const slope = (up - down) / ((2 * width) / 1024);
      assert.ok(Math.abs(slope - gradient[index]!) < 5e-5, `parameter ${index}: slope ${slope}, gradient ${gradient[index]}`);
    }
    await session.close();
  });

  const rules: readonly { readonly what: string; readonly problem: Partial<Problem> }[] = [
    { what: 'SGD', problem: {} },
    { what: 'SGD from both sums', problem: { batch: 9, chains: 14 } },
    { what: 'SGD with momentum and decay', problem: { optimiser: { ...SGD, momentum: 0.8, weightDecay: 0.01 } } },
    { what: 'Adam', problem: { optimiser: { ...ADAM, epsilon: 1e-3 } } },
    { what: 'Adam with decay', problem: { optimiser: { ...ADAM, epsilon: 1e-3, weightDecay: 0.1 } } },
    { what: 'plain SGD without centring', problem: { centred: false } },
    { what: 'Adam without centring', problem: { centred: false, optimiser: { ...ADAM, epsilon: 1e-3 } } },
  ];
  for (const { what, problem: changes } of rules) {
    test(`${name}: ${what} moves the masters as the centred parametrisation in float64 does, over 15 updates`, async () => {
      const problem = smallProblem({ ...changes, data: bitRows(30, 13, 4) });
      const { session, state, parameters: first, chains } = await startRun(engineOf(), problem);
      const direct = new CentredModel(problem, state);
      let parameters = first;
      for (let update = 0; update < 15; update += 1) {
        const unit = { branch: 0, update, version: update, data: { from: 0, to: problem.batch }, chains: { from: 0, to: problem.chains } };
        const contribution = await session.evaluate(unit, parameters, chains);
        chains.set(contribution.chains);
        direct.step(contribution.sums, update);
        const outcome = await session.apply(state, contribution.sums, { update, branch: 0, learningRate: Math.fround(problem.optimiser.learningRate) });
        assert.ok(outcome.kind === 'applied');
        parameters = outcome.published;
        session.release(contribution);
      }
      const { weights, visibleBias, hiddenBias } = state.masters;
      const expected = direct.ordinary();
      const pairs: [string, Float32Array, readonly number[]][] = [['weight', weights, expected.weights], ['visible bias', visibleBias, expected.visibleBias], ['hidden bias', hiddenBias, expected.hiddenBias]];
      for (const [what2, found, wanted] of pairs) {
        found.forEach((value, index) => { assert.ok(Math.abs(value - wanted[index]!) < 3e-5, `${what2} ${index}: ${value} is not ${wanted[index]}`); });
      }
      await session.close();
    });
  }
}

/** The parameters with one changed by some grid units, counted as visible biases, hidden biases, weights. */
function moved(parameters: Parameters, index: number, by: number): Parameters {
  const { branch, version } = parameters;
  const copy = { branch, version, weights: parameters.weights.slice(), visibleBias: parameters.visibleBias.slice(), hiddenBias: parameters.hiddenBias.slice() };
  const [visible, hidden] = [copy.visibleBias.length, copy.hiddenBias.length];
  if (index < visible) copy.visibleBias[index]! += by;
  else if (index < visible + hidden) copy.hiddenBias[index - visible]! += by;
  else copy.weights[index - visible - hidden]! += by;
  return copy;
}

async function logLikelihood(session: Session, parameters: Parameters, data: Extract<Dataset, { kind: 'bits' }>): Promise<number> {
  const adopted = await session.adopt(parameters);
  const energies = await session.negativeFreeEnergies(adopted, data.bits);
  const logPartition = await session.exactLogPartition(adopted);
  return energies.reduce((sum, value) => sum + value, 0) / data.rows - logPartition;
}
