// What a user's energy computes with: operations whose derivatives are right to the third order, gradients of every objective that are those of the
// same energy built in; and what is refused before the first update.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import type { EnergyOperations, EnergyTensor } from '../../../ebm/continuous/define-energy.ts';
import type { EnergySettings, ObjectiveSettings } from '../../../ebm/continuous/model.ts';
import { EXPONENT } from '../../../ebm/continuous/sums.ts';
import type { ContinuousEngine, ContinuousProblem } from '../../../engine/continuous.ts';
import { openContinuousReference } from '../../../engine/reference/continuous.ts';
import { openTfjsContinuous } from '../../../engine/tfjs/engine.ts';
import { gradientOf, valuesOf, type Tensor } from '../../../engine/tfjs/library.ts';
import { operationsOf } from '../../../engine/tfjs/module-energy.ts';
import { DATA_OBJECTIVES, normalRows, PCD, problemOf, unitOf, valuesOf as numbersOf } from '../../support/continuous.ts';
import { moduleText, userEnergy } from '../../support/user-module.ts';

let engine: ContinuousEngine;
before(async () => { engine = await openTfjsContinuous({ backend: 'cpu' }); });

describe('operations', () => {
  /** Where nothing has a kink. */
  const POINTS = [0.3, 0.7, 1.2, 1.9];
  const STEP = 2 ** -5;
  /** As in activations.test.ts; of logarithms and roots near 0.3 the seventh derivative is larger. */
  const TOLERANCE = 0.02;
  type Unary = (ops: EnergyOperations, x: EnergyTensor) => EnergyTensor;
  const matrix = (x: EnergyTensor, ops: EnergyOperations): EnergyTensor => ops.reshape(x, [2, 2]);
  const OPERATIONS: Readonly<Record<string, Unary>> = {
    add: (ops, x) => ops.square(ops.add(x, 1)), sub: (ops, x) => ops.square(ops.sub(2, x)), mul: (ops, x) => ops.mul(x, ops.mul(x, x)), div: (ops, x) => ops.div(x, ops.add(x, 1)),
    neg: (ops, x) => ops.square(ops.neg(x)), abs: (ops, x) => ops.mul(ops.abs(ops.sub(x, 1)), ops.square(x)), square: (ops, x) => ops.square(ops.square(x)),
    sqrt: (ops, x) => ops.sqrt(ops.add(x, 1)), exp: (ops, x) => ops.exp(ops.mul(x, 0.5)), log: (ops, x) => ops.log(ops.add(x, 1)), sin: (ops, x) => ops.sin(x), cos: (ops, x) => ops.cos(x),
    sigmoid: (ops, x) => ops.sigmoid(x), softplus: (ops, x) => ops.softplus(x), swish: (ops, x) => ops.swish(x), tanh: (ops, x) => ops.tanh(ops.mul(x, 0.5)), elu: (ops, x) => ops.elu(ops.neg(x)),
    relu: (ops, x) => ops.square(ops.relu(x)), leakyRelu: (ops, x) => ops.square(ops.leakyRelu(ops.neg(x))),
    matMul: (ops, x) => ops.reshape(ops.matMul(matrix(x, ops), ops.transpose(ops.square(matrix(x, ops)))), [4]),
    sum: (ops, x) => ops.mul(ops.sum(x), ops.square(x)), mean: (ops, x) => ops.mul(ops.mean(matrix(x, ops), 0), ops.square(ops.mean(matrix(x, ops), -1))),
    logSumExp: (ops, x) => ops.logSumExp(ops.concat([ops.reshape(x, [4, 1]), ops.square(ops.reshape(x, [4, 1]))], 1)),
    slice: (ops, x) => ops.square(ops.square(ops.slice(x, [1], [2]))), concat: (ops, x) => ops.square(ops.concat([x, ops.square(x)], 0)),
    convolve: (ops, x) => ops.reshape(ops.square(ops.convolve(ops.reshape(x, [1, 2, 2, 1]), ops.reshape(ops.concat([x, x, ops.slice(x, [0], [1])], 0), [3, 3, 1, 1]))), [4]),
  };

  test('every one of them is in the table', () => {
    assert.deepEqual([...Object.keys(OPERATIONS), 'reshape', 'transpose'].sort(), Object.keys(operationsOf(tf)).sort());
  });

  for (const [name, unary] of Object.entries(OPERATIONS)) {
    test(`${name} is differentiable three times`, () => {
      const ops = operationsOf(tf);
      let below = (x: Tensor): Tensor => tf.sum(unary(ops, x as unknown as EnergyTensor) as unknown as Tensor);
      for (let order = 1; order <= 3; order += 1) {
        const lower = below;
        const here = (x: Tensor): Tensor => tf.sum(gradientOf(tf, () => lower(x), x).gradient);
        const at = (f: (x: Tensor) => Tensor, shift: number): number => valuesOf(f(tf.tensor1d(POINTS.map((point) => point + shift))))[0]!;
        const [far, near, back, behind] = [2, 1, -1, -2].map((steps) => at(lower, steps * STEP)) as [number, number, number, number];
        const expected = (8 * (near - back) - (far - behind)) / (12 * STEP);
        const found = at(here, 0);
        assert.ok(Math.abs(found - expected) < TOLERANCE * (1 + Math.abs(expected)), `derivative ${order}: ${found}, differences say ${expected}`);
        below = here;
      }
    });
  }

  test('means are of what they say', () => {
    const ops = operationsOf(tf);
    const x = tf.tensor2d([[1, 2, 3], [5, 7, 9]]) as unknown as EnergyTensor;
    const values = (tensor: EnergyTensor): number[] => [...valuesOf(tensor as unknown as Tensor)].map((value) => Math.round(value * 1e4) / 1e4);
    assert.deepEqual([values(ops.mean(x)), values(ops.mean(x, 0)), values(ops.mean(x, -1))], [[4.5], [3, 4.5, 6], [2, 7]]);
  });
});

describe('an energy of a module is the one that is built in', () => {
  const MLP: EnergySettings = { kind: 'mlp', layers: [5], activation: 'tanh' };
  const TEXT = moduleText(`{
    'dense_00/weights': { shape: [2, 5], deviation: ${1 / Math.sqrt(2)} }, 'dense_00/bias': { shape: [5] },
    'output/weights': { shape: [5, 1], deviation: ${1 / Math.sqrt(5)} }, 'output/bias': { shape: [1] },
  }`, `
    const hidden = ops.tanh(ops.add(ops.matMul(x, p['dense_00/weights']), p['dense_00/bias']));
    return ops.reshape(ops.add(ops.matMul(hidden, p['output/weights']), p['output/bias']), [-1]);`);

  async function found(problem: ContinuousProblem): Promise<{ readonly start: number[]; readonly gradient: number[]; readonly energies: number[] }> {
    const session = await engine.load(problem);
    const start = session.initial();
    const slots = Uint32Array.from({ length: problem.objective.kind === 'pcd' ? 8 : 0 }, (_, i) => i);
    const { gradient } = await session.evaluate(unitOf(problem), start, { slots, states: normalRows(slots.length, 2) });
    const energies = await session.energies(start, problem.data!);
    return { start: [...start], gradient: numbersOf(gradient, EXPONENT), energies: [...energies] };
  }

  for (const objective of [PCD, ...DATA_OBJECTIVES] satisfies readonly ObjectiveSettings[]) {
    test(`${objective.kind}${'trace' in objective ? ` ${objective.trace}` : ''}: parameters to start from, energies and gradients`, async () => {
      const { energy, program } = await userEnergy(TEXT);
      const built = await found(problemOf({ energy: MLP, shape: [2], objective }));
      const own = await found(problemOf({ energy, shape: [2], objective }, { program }));
      assert.deepEqual(own.start, built.start);
      for (const name of ['gradient', 'energies'] as const) {
        assert.equal(own[name].length, built[name].length);
        for (const [i, value] of own[name].entries()) assert.ok(Math.abs(value - built[name][i]!) < 1e-4 * (1 + Math.abs(value)), `${name} ${i}: ${value}, built in ${built[name][i]!}`);
      }
    });
  }
});

describe('refused before the first update', () => {
  const CASES: readonly (readonly [what: string, parameters: string, energy: string, message: RegExp])[] = [
    ['another shape', '{ w: { shape: [2] } }', 'return ops.mul(x, p.w);', /own\.ts: `energy` returned a tensor \[4, 2\] for rows \[4, 2\]; one number a row is accepted, a tensor \[4\]/],
    ['what is not finite', '{ w: { shape: [] } }', 'return ops.log(ops.mul(ops.sum(ops.square(x), -1), p.w));', /`energy` of row 0 of the data, from 0, is -Infinity before the first update/],
    ['a slope that is not finite', '{ w: { shape: [] } }', 'return ops.sqrt(ops.mul(ops.sum(ops.square(x), -1), p.w));', /gradient of `energy` at the first rows of the data is not finite/],
    ['a parameter without use', '{ w: { shape: [2], deviation: 1 }, v: { shape: [] } }', 'return ops.sum(ops.mul(x, p.w), -1);', /does not depend on the parameter v\. Use it/],
    ['rows without use', '{ w: { shape: [4], deviation: 1 } }', 'return ops.square(p.w);', /does not depend on x/],
    ['rows that know of each other', '{ w: { shape: [2] } }', 'return ops.mul(ops.sum(ops.mul(x, p.w), -1), ops.mean(x));', /`energy` of a row depends on the rows beside it/],
    ['an error of the library, with its place', '{ w: { shape: [3, 1] } }', 'return ops.sum(\n  ops.matMul(x, p.w), -1);', /^own\.ts:4:7: matMul of \[4, 2\] by \[3, 1\]: \[m, k\] by \[k, n\] is accepted$/],
    ['an error of its own, with its place', '{ w: { shape: [] } }', 'const size: number = x.shape[1] ?? 0;\nif (size < 3) throw new Error(`needs ${3} columns`);\nreturn ops.mul(ops.sum(x, -1), p.w);', /^own\.ts:4:21: needs 3 columns$/],
  ];
  for (const [what, parameters, body, message] of CASES) {
    test(what, async () => {
      const { energy, program } = await userEnergy(moduleText(parameters, body));
      await assert.rejects(engine.load(problemOf({ energy, shape: [2], objective: PCD }, { program })), { message });
    });
  }

  test('declarations that are not those of the job, a module without its program, and the reference engine', async () => {
    const text = moduleText('{ w: { shape: [2], deviation: 1 } }', 'return ops.sum(ops.mul(x, p.w), -1);');
    const { energy, program } = await userEnergy(text);
    const other = { ...energy, compiled: { ...energy.compiled!, parameters: [{ name: 'w', shape: [2], deviation: 2 }] } };
    await assert.rejects(engine.load(problemOf({ energy: other, shape: [2], objective: PCD }, { program })), /declares other parameters here/);
    await assert.rejects(engine.load(problemOf({ energy, shape: [2], objective: PCD })), /without its program/);
    await assert.rejects(openContinuousReference().load(problemOf({ energy, shape: [2], objective: PCD }, { program })), /reference engine computes no energy of a user's module/);
  });
});
