// The start of a run: normal weights from the seed, biases and offsets from the data's mean.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { clampedLogit, initialise } from '../../../ebm/rbm/initial.ts';
import type { Masters, TrainingState } from '../../../ebm/rbm/parameters.ts';

function mastersOf(visible: number, hidden: number): Masters {
  return { weights: new Float32Array(visible * hidden).fill(9), visibleBias: new Float32Array(visible).fill(9), hiddenBias: new Float32Array(hidden).fill(9) };
}

function stateOf(visible: number, hidden: number): TrainingState {
  return {
    visible, hidden, masters: mastersOf(visible, hidden), slots: [mastersOf(visible, hidden)], average: mastersOf(visible, hidden),
    visibleOffset: new Float32Array(visible).fill(9), hiddenOffset: new Float32Array(hidden).fill(9),
  };
}

function started(seed: number, centred: boolean): TrainingState {
  const state = stateOf(40, 30);
  initialise(state, { seed, centred }, Float64Array.from({ length: 40 }, (_, i) => i / 39));
  return state;
}

test('weights are normal with deviation 0.01: mean, variance and fourth moment of 1,200 (each within 5 standard errors)', () => {
  const z = [...started(1, true).masters.weights].map((weight) => weight / 0.01);
  const moment = (power: number): number => z.reduce((sum, value) => sum + Math.pow(value, power), 0) / z.length;
  assert.ok(Math.abs(moment(1)) < 5 / Math.sqrt(1200));
  assert.ok(Math.abs(moment(2) - 1) < 5 * Math.sqrt(2 / 1200));
  assert.ok(Math.abs(moment(4) - 3) < 5 * Math.sqrt(96 / 1200));
});

test('golden digest of initial weights; another seed has others', () => {
  const digest = (seed: number): string => createHash('sha256').update(new Uint8Array(started(seed, true).masters.weights.buffer)).digest('hex');
  assert.equal(digest(1), '45173f3c4202e1d5afb02ba33f2902113c7beb0a98cb6bd4772b12238529539f');
  assert.notEqual(digest(1), digest(2));
});

test('visible biases are the logit of the mean, clamped to [0.001, 0.999]; hidden biases, slots and nothing else are 0', () => {
  const state = started(1, true);
  const { visibleBias, hiddenBias } = state.masters;
  assert.equal(visibleBias[0], Math.fround(Math.log(0.001 / 0.999)));
  assert.equal(visibleBias[39], -visibleBias[0]);
  assert.equal(visibleBias[13], Math.fround(clampedLogit(13 / 39)));
  assert.ok(Math.abs(visibleBias[13] - Math.log(0.5)) < 1e-6);
  assert.ok(hiddenBias.every((bias) => bias === 0));
  for (const slot of state.slots) for (const array of Object.values(slot) as Float32Array[]) assert.ok(array.every((value) => value === 0));
  assert.deepEqual(state.average, state.masters);
});

test('offsets are the mean of the data and one half if centred, else 0', () => {
  const centred = started(1, true);
  assert.equal(centred.visibleOffset[13], Math.fround(13 / 39));
  assert.ok(centred.hiddenOffset.every((value) => value === 0.5));
  const plain = started(1, false);
  assert.ok([...plain.visibleOffset, ...plain.hiddenOffset].every((value) => value === 0));
  assert.deepEqual(plain.masters, centred.masters);
});

test('a mean of another size is refused', () => {
  assert.throws(() => { initialise(stateOf(3, 2), { seed: 1, centred: true }, new Float64Array(4)); }, /mean has 4 units and the model 3/);
});
