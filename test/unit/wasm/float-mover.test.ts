// The kernel of the step of continuous models against its plain loops: the same bits of values, slots and averages, for every rule, length and place, and
// the same words where it diverged.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyFloatStep, createFloatState, PLAIN_MOVER, type FloatMover, type FloatStepRules, type FloatTrainingState } from '../../../ebm/continuous/step.ts';
import { addValues, createSums, EXPONENT, type Int64Sums } from '../../../ebm/continuous/sums.ts';
import type { ParameterLayout } from '../../../ebm/continuous/model.ts';
import type { OptimiserSettings } from '../../../ebm/job.ts';
import { openFloatMover } from '../../../engine/wasm/float-mover.ts';

const SGD: OptimiserSettings = { kind: 'sgd', learningRate: 0.1, schedule: 'constant', warmup: 0, momentum: 0, weightDecay: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const ADAM: OptimiserSettings = { ...SGD, kind: 'adam' };
const PLAIN: FloatStepRules = { optimiser: SGD, average: 0, exponent: EXPONENT, gradientNormMax: null, spectral: null };
/** Of lengths and places that are no multiples of four, one longer than a call of the kernel. */
const SIZES = [[1], [3, 1], [97, 53], [2], [4], [7]] as const;
const LAYOUT: ParameterLayout = SIZES.reduce<ParameterLayout>((before, shape, i) => {
  const from = before.at(-1)?.to ?? 0;
  return [...before, { name: `t${i}`, shape: [...shape], from, to: from + shape.reduce<number>((product, size) => product * size, 1) }];
}, []);
const LENGTH = LAYOUT.at(-1)!.to;

/** Of all sizes and both signs, some 0. */
const numbers = (seed: number): Float32Array => Float32Array.from({ length: LENGTH }, (_, i) => (i % 11 === 0 ? 0 : Math.sin(seed + 3 * i) * 2 ** ((i * 7 + seed) % 40 - 30)));

function gradient(values: Float32Array): Int64Sums {
  const sums = createSums(LENGTH);
  addValues(sums, values, { at: 0, exponent: EXPONENT, parts: 2 });
  addValues(sums, numbers(99), { at: 0, exponent: EXPONENT, parts: 2 });
  return sums;
}

function bitsAfter(mover: FloatMover, rules: FloatStepRules): readonly Uint32Array[] {
  const state = createFloatState(rules, numbers(5), mover);
  for (let update = 0; update < 4; update += 1) {
    assert.deepEqual(applyFloatStep(rules, { layout: LAYOUT, state }, gradient(numbers(10 + update)), { update, learningRate: Math.fround(0.05) }), { kind: 'applied' });
  }
  return arraysOf(state).map((array) => new Uint32Array(array.slice().buffer));
}

function arraysOf({ parameters, slots, average }: FloatTrainingState): readonly Float32Array[] {
  return [parameters, ...slots, ...(average === null ? [] : [average])];
}

test('every rule has the bits of the loops', async () => {
  const optimisers = [SGD, { ...SGD, weightDecay: 0.01 }, { ...SGD, momentum: 0.9 }, { ...SGD, momentum: 0.9, weightDecay: 0.01 }, ADAM, { ...ADAM, weightDecay: 0.01 }, { ...ADAM, beta1: 0 }];
  const mover = await openFloatMover(); // one for all: its memory grows beneath states that are in use
  const kept = createFloatState({ optimiser: ADAM, average: 0.5 }, numbers(1), mover);
  for (const optimiser of optimisers) {
    for (const more of [{}, { gradientNormMax: 0.5 }, { average: 0.9 }, { exponent: 30 }]) {
      const rules = { ...PLAIN, optimiser, ...more };
      assert.deepEqual(bitsAfter(mover, rules), bitsAfter(PLAIN_MOVER, rules), JSON.stringify(rules));
    }
  }
  assert.deepEqual(arraysOf(kept).map((array) => array.slice()), arraysOf(createFloatState({ optimiser: ADAM, average: 0.5 }, numbers(1))));
});

test('what is finite no longer is found at the same place, in fours and behind them', async () => {
  for (const at of [1, 4, 9, LENGTH - 1]) {
    const outcomes = [PLAIN_MOVER, await openFloatMover()].map((mover) => {
      const large = new Float32Array(LENGTH);
      large[at] = 3e5;
      return applyFloatStep(PLAIN, { layout: LAYOUT, state: createFloatState(PLAIN, numbers(2), mover) }, gradient(large), { update: 0, learningRate: 3e38 });
    });
    assert.equal(outcomes[0]!.kind, 'diverged');
    assert.deepEqual(outcomes[1], outcomes[0]);
  }
});

test('a state that another mover made is refused', async () => {
  const state = { ...createFloatState(PLAIN, numbers(3)), mover: await openFloatMover() };
  assert.throws(() => applyFloatStep(PLAIN, { layout: LAYOUT, state }, gradient(numbers(4)), { update: 0, learningRate: 0.5 }), /not in the memory of what moves it/);
});
